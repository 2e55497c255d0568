import type { Call } from '../abi/call.js'
import type { Files } from './files.js'

/** What of WASIX is about files, the terminal and the process, where it goes beyond preview 1. */
export function wasixFiles(_files: Files, _preview1: Readonly<Record<string, Call>>): Readonly<Record<string, Call>> {
  return {}
}
