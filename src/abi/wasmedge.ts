import type { Dialect } from './dialect.js'

/** WasmEdge's sockets, version 2. */
export const wasmedge2: Dialect = { name: 'WasmEdge sockets 2', module: 'wasi_snapshot_preview1', calls: {} }

/** Version 1, where it differs. */
export const wasmedge1: Dialect = { name: 'WasmEdge sockets 1', module: 'wasi_snapshot_preview1', calls: {} }
