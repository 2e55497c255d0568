import type { Duplex, Readable } from 'node:stream'
import tty from 'node:tty'
import type { Bridge } from '../bridge/bridge.js'
import type { Three } from '../recording/stdio.js'
import { overNetwork, type Stdio } from '../wasi/stdio.js'
import { isFile } from './guest-task.js'
import { hostStream } from './host-stream.js'
import type { InputOption, OutputOption } from './options.js'
import { inputOf, outputOf } from './stdio-options.js'

export interface StdioOptions {
  readonly stdin?: InputOption | Readable
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
}

/** The standard descriptors of a guest whose waits block this thread. */
export function blockingStdio({ stdin, stdout, stderr }: StdioOptions): Three<Stdio> {
  return [inputOf(stdin as InputOption), outputOf(1, stdout), outputOf(2, stderr)]
}

/** Those of one that is suspended: what comes later, or takes its time, goes by way of the bridge, and so nobody is blocked. */
export function suspendingStdio(bridge: Bridge, { stdin = 'inherit', stdout, stderr }: StdioOptions): Three<Stdio> {
  const over = (stream: () => Duplex, carries: 'input' | 'output', isTerminal: boolean) =>
    overNetwork(bridge.network, { isTerminal, carries }, () => bridge.attach(stream()))
  const input = () => {
    if (stdin === 'inherit' && !isFile(0))
      return over(() => hostStream({ from: () => process.stdin }), 'input', tty.isatty(0))
    if (typeof stdin === 'string' || stdin instanceof Uint8Array) return inputOf(stdin)
    return over(() => hostStream({ from: () => stdin }), 'input', false)
  }
  const output = (fd: 1 | 2, option: OutputOption | undefined) => {
    if (typeof option !== 'object') return outputOf(fd, option)
    return over(() => hostStream({ to: option }), 'output', true)
  }
  return [input(), output(1, stdout), output(2, stderr)]
}
