import fs from 'node:fs'
import type { Readable } from 'node:stream'
import { has, type Take, unfit } from '../embedder/take.js'
import { fromBytes, inherited, type Stdio, toFunction } from '../wasi/stdio.js'
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
  if (option === 'inherit') return inherited(0)
  if (option === 'ignore') return fromBytes(new Uint8Array(0))
  return fromBytes(typeof option === 'string' ? new TextEncoder().encode(option) : option)
}

/** What `stdout` and `stderr` stand for where they are the process's own, or nothing. */
export function outputOf(fd: 1 | 2, option: 'inherit' | 'ignore' = 'inherit'): Stdio {
  return option === 'inherit' ? inherited(fd) : toFunction(() => {})
}

/** The same for what a replayed guest writes: it is written at once, whatever the recorded one had to wait for. */
export function sinkOf(fd: 1 | 2, option: 'inherit' | 'ignore' = 'inherit'): (bytes: Uint8Array) => void {
  return option === 'inherit' ? (bytes) => writeWhole(fd, bytes) : () => {}
}

function writeWhole(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; )
    try {
      at += fs.writeSync(fd, bytes, at)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') continue // a pipe that somebody has made non-blocking
      const name = fd === 1 ? 'standard output' : 'standard error'
      throw new Error(`cannot write to ${name} what the guest has written: ${code ?? message}`, { cause: error })
    }
}
