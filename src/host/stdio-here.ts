import type { Duplex, Readable } from 'node:stream'
import tty from 'node:tty'
import type { Failures } from '../embedder/failures.js'
import type { NetworkDriver } from '../network/network.js'
import type { Three } from '../recording/stdio.js'
import { overNetwork, type Stdio, toFunction } from '../wasi/stdio.js'
import { OptionError } from './errors.js'
import { isFile } from './guest-task.js'
import { hostStream } from './host-stream.js'
import type { InputOption, OutputOption } from './options.js'
import type { OutputHere } from './output-here.js'
import { inputOf, outputOf } from './stdio-options.js'

export interface StdioOptions {
  readonly stdin?: InputOption | Readable
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
}

/** The standard descriptors of a guest whose waits block this thread. Throws an `OptionError` for a stream to read from. */
export function blockingStdio({ stdin, stdout, stderr }: StdioOptions, outputs: Outputs): Three<Stdio> {
  if (isStream(stdin))
    throw new OptionError(
      "stdin cannot be a stream where the guest blocks the stream's thread; use runWithSockets or mode: 'suspend', or give bytes",
    )
  return [inputOf(stdin), blockingOutput(1, stdout, outputs), blockingOutput(2, stderr, outputs)]
}

/** How output of a guest on this thread is taken, by its descriptor less one. */
export type Outputs = readonly [OutputHere, OutputHere]

function blockingOutput(fd: 1 | 2, option: OutputOption | undefined, outputs: Outputs): Stdio {
  if (option === undefined || typeof option === 'string') return outputOf(fd, option)
  return toFunction((outputs[fd - 1] as OutputHere).write)
}

interface SuspendingDeps {
  readonly driver: NetworkDriver
  readonly failures: Failures
  readonly outputs: Outputs
}

/** Those of one that is suspended: what comes later, or takes its time, goes by way of the bridge, and so nobody is blocked. */
export function suspendingStdio(
  { stdin = 'inherit', stdout, stderr }: StdioOptions,
  deps: SuspendingDeps,
): Three<Stdio> {
  const { driver, failures, outputs } = deps
  const over = (stream: () => Duplex, carries: 'input' | 'output', isTerminal: boolean) =>
    overNetwork(driver.network, { isTerminal, carries }, () => driver.attach(stream()))
  const input = () => {
    if (stdin === 'inherit' && !isFile(0))
      return over(() => hostStream({ from: () => process.stdin }, undefined), 'input', tty.isatty(0))
    if (!isStream(stdin)) return inputOf(stdin)
    return over(() => hostStream({ from: () => stdin }, failures), 'input', false)
  }
  const output = (fd: 1 | 2, option: OutputOption | undefined) => {
    if (typeof option !== 'object') return blockingOutput(fd, option, outputs)
    return over(() => hostStream({ to: option }, failures), 'output', true)
  }
  return [input(), output(1, stdout), output(2, stderr)]
}

function isStream(stdin: StdioOptions['stdin']): stdin is Readable {
  return typeof stdin === 'object' && !(stdin instanceof Uint8Array)
}
