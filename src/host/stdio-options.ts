import fs from 'node:fs'
import { fromBytes, inherited, type Stdio, toFunction } from '../wasi/stdio.js'
import type { InputOption, OutputOption } from './options.js'

/** What the option `stdin` stands for. */
export function inputOf(option: InputOption = 'inherit'): Stdio {
  if (option === 'inherit') return inherited(0)
  if (option === 'ignore') return fromBytes(new Uint8Array(0))
  return fromBytes(typeof option === 'string' ? new TextEncoder().encode(option) : option)
}

/** What `stdout` and `stderr` stand for. */
export function outputOf(fd: 1 | 2, option: OutputOption = 'inherit'): Stdio {
  if (option === 'inherit') return inherited(fd)
  if (option === 'ignore') return toFunction(() => {})
  if (typeof option === 'function') return toFunction(option)
  return toFunction((bytes) => void option.write(bytes))
}

/** The same for what a replayed guest writes: it is told at once, whatever the recorded one had to wait for. */
export function sinkOf(fd: 1 | 2, option: OutputOption = 'inherit'): (bytes: Uint8Array) => void {
  if (option === 'inherit') return (bytes) => writeWhole(fd, bytes)
  if (option === 'ignore') return () => {}
  return typeof option === 'function' ? (bytes) => option(bytes.slice()) : (bytes) => void option.write(bytes.slice())
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
