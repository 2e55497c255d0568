import type { Readable } from 'node:stream'
import { isMainThread } from 'node:worker_threads'
import { has, type Take, unfit } from '../embedder/take.js'
import { makeNonBlocking } from '../wasi/inherited-stream.js'
import { fromBytes, inherited, type Stdio, toFunction } from '../wasi/stdio.js'
import { writeForHost } from './host-text.js'
import type { InputOption, OutputOption } from './options.js'

const readable = ['on', 'off', 'pipe', 'pause', 'resume'] as const
const writable = ['on', 'off', 'write', 'end'] as const

export const takeInput: Take<InputOption | Readable> = (value, name) => {
  if (typeof value === 'string' || value instanceof Uint8Array || has(value, readable)) return value as Readable
  throw unfit(name, "'inherit', 'ignore', a text, bytes (a Uint8Array) or a Readable stream", value, hintFor(value))
}

export const takeOutput: Take<OutputOption> = (value, name) => {
  if (value === 'inherit' || value === 'ignore' || typeof value === 'function' || has(value, writable))
    return value as OutputOption
  throw unfit(name, "'inherit', 'ignore', a function or a Writable stream", value, hintFor(value))
}

function hintFor(value: unknown): string | undefined {
  if (has(value, ['getReader'])) return 'Readable.fromWeb makes one of it'
  if (has(value, ['getWriter'])) return 'Writable.fromWeb makes one of it'
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'new Uint8Array makes bytes of it'
  return value === 'pipe' ? 'a function is called with each piece' : undefined
}

/** What the option `stdin` stands for. */
export function inputOf(option: InputOption = 'inherit'): Stdio {
  if (option === 'inherit') return own(0)
  if (option === 'ignore') return fromBytes(new Uint8Array(0))
  return fromBytes(typeof option === 'string' ? new TextEncoder().encode(option) : option)
}

/** What `stdout` and `stderr` stand for where they are the process's own, or nothing. */
export function outputOf(fd: 1 | 2, option: 'inherit' | 'ignore' = 'inherit'): Stdio {
  return option === 'inherit' ? own(fd) : toFunction(() => {})
}

/** The same for what a replayed guest writes: it is written at once, whatever the recorded one had to wait for. */
export function sinkOf(fd: 1 | 2, option: 'inherit' | 'ignore' = 'inherit'): (bytes: Uint8Array) => void {
  return option === 'inherit' ? (bytes) => writeWhole(fd, bytes) : () => {}
}

function writeWhole(fd: 1 | 2, bytes: Uint8Array): void {
  try {
    writeForHost(fd, bytes)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const name = fd === 1 ? 'standard output' : 'standard error'
    throw new Error(`cannot write to ${name} what the guest has written: ${code ?? message}`, { cause: error })
  }
}

/** The process's own descriptor, not blocking where that can be had: in the main thread only Node can change the flag of some. */
function own(fd: 0 | 1 | 2): Stdio {
  if (isMainThread) makeNonBlocking(fd)
  return inherited(fd)
}
