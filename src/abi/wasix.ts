import type { Call } from './call.js'

/** The sockets, look-ups and descriptors of WASIX, module `wasix_32v1`. Its calls on files stand in wasi/. */
export const wasixSockets: Readonly<Record<string, Call>> = {}
