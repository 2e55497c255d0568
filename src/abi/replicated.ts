import type { Dialect } from './dialect.js'

/** The dialect of replicated servers. */
export const replicated: Dialect = { name: 'replicated server', module: 'wasi_snapshot_preview1', calls: {} }
