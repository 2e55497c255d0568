import type { Dialect } from './dialect.js'

/** The socket extension of WAMR. */
export const wamr: Dialect = { name: 'WAMR sockets', module: 'wasi_snapshot_preview1', calls: {} }
