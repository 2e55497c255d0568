import type { Call } from '../../abi/call.js'
import type { Files } from '../files.js'
import type { Start } from '../preview1.js'
import { directoryTable } from './directory.js'
import { fileTable } from './files.js'
import { processTable } from './process.js'
import { terminalTable } from './terminal.js'

/**
 * What of WASIX is about files, the terminal and the process, where it goes beyond preview 1. The guest is one thread of one process:
 * what starts others, and what reaches into the stack, is not here.
 */
export function wasixFiles(files: Files, start: Start): Readonly<Record<string, Call>> {
  return { ...fileTable(files), ...directoryTable(start), ...terminalTable(start), ...processTable }
}
