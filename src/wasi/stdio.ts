import type fs from 'node:fs'
import tty from 'node:tty'
import { errnoFromNode } from '../bridge/from-node.js'
import { sleep } from '../bridge/timer.js'
import type { Handle, Network } from '../network/network.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type Blocking, untilDone, wouldBlock } from '../posix-sockets/blocking.js'
import type { OpenFile } from '../posix-sockets/open.js'
import { type InheritedFile, inheritedFile } from './inherited-file.js'
import { InheritedStream } from './inherited-stream.js'

/**
 * How long to wait before trying again, in ms. A process at the other end mostly makes room within a fraction of a millisecond, which no timer
 * can wait for: so at first the thread sleeps. Then the guest waits, as for everything else.
 */
const SLEEPS_MS = [0.02, 0.04, 0.08, 0.16, 0.3]
const WAITS_MS = [1, 1, 2, 4]
const LONGEST_WAIT_MS = 8

/** One of a guest's three standard descriptors. */
export interface Stdio extends OpenFile {
  readonly stdio: true
  /** What isatty(3) answers. Output that a function takes says yes, so that the guest's libc passes on each line as it is written. */
  readonly isTerminal: boolean
  /** A regular file, in which one can seek. */
  readonly file?: Seekable
  /** Answers 0 at the end. */
  read(into: Uint8Array): Blocking<number>
  write(data: Uint8Array): Blocking<number>
}

/** What a guest can do with such a file besides reading and writing. */
export interface Seekable extends Pick<InheritedFile, 'seek'> {
  stat(): Pick<fs.BigIntStats, 'dev' | 'ino' | 'nlink' | 'size' | 'atimeNs' | 'mtimeNs' | 'ctimeNs'>
}

/** The process's own descriptor. */
export function inherited(fd: 0 | 1 | 2): Stdio {
  const file = inheritedFile(fd)
  return file === undefined ? inheritedStream(fd) : fromFile(file)
}

function fromFile(file: InheritedFile): Stdio {
  return stdio({
    isTerminal: false,
    isWaitable: false,
    file,
    *read(into) {
      return yield* retried(() => file.read(into))
    },
    *write(data) {
      return yield* retried(() => file.write(data))
    },
  })
}

function inheritedStream(fd: 0 | 1 | 2): Stdio {
  const stream = new InheritedStream(fd, fd === 0 ? 'input' : 'output')
  const over: Stdio = stdio({
    isTerminal: tty.isatty(fd),
    *read(into) {
      return yield* retried(() => stream.read(into), over.nonBlocking)
    },
    *write(data) {
      return yield* retried(() => stream.write(data), over.nonBlocking)
    },
    close: () => stream.close(),
  })
  return over
}

/** Input that is there already. */
export function fromBytes(bytes: Uint8Array): Stdio {
  let at = 0
  return stdio({
    isTerminal: false,
    *read(into) {
      const piece = bytes.subarray(at, at + into.length)
      into.set(piece)
      at += piece.length
      return piece.length
    },
  })
}

/** Output that a function is given, a copy of each piece as it is written. */
export function toFunction(take: (bytes: Uint8Array) => void): Stdio {
  return stdio({
    isTerminal: true,
    *write(data) {
      take(data.slice())
      return data.length
    },
  })
}

/** A connection of the network's: a stream of the host's in another thread. It is taken up when the guest first asks for it. */
export function overNetwork(
  network: Network,
  { isTerminal, carries }: { isTerminal: boolean; carries: 'input' | 'output' },
  connect: () => Handle,
): Stdio {
  let handle: Handle | undefined
  const open = () => (handle ??= connect())
  const patience = (events: number) => {
    const timeoutMs = over.nonBlocking ? 0 : Number.POSITIVE_INFINITY
    return { handle: open(), events, timeoutMs, now: () => 0 }
  }
  const read = (into: Uint8Array) =>
    untilDone(patience(POLLIN), () => network('receive', { handle: open(), into, peek: false }))
  const write = (data: Uint8Array) => untilDone(patience(POLLOUT), () => network('send', { handle: open(), data }))
  const over: Stdio = {
    ...stdio({
      isTerminal,
      ...(carries === 'input' ? { read } : { write }),
    }),
    pollHandle: open,
    openHandle: () => handle,
    close() {
      if (handle !== undefined) network('close', { handle, abort: false })
    },
  }
  return over
}

function stdio(of: Partial<Stdio> & { isTerminal: boolean }): Stdio {
  const refuse = function* (): Blocking<number> {
    throw new SysError('EBADF')
  }
  return {
    is: 'file',
    stdio: true,
    isWaitable: true,
    nonBlocking: false,
    references: 0,
    close() {},
    read: refuse,
    write: refuse,
    ...of,
  }
}

/**
 * What does not block answers EAGAIN instead; unless the guest wants just that, a moment passes before the next try. A guest that asks in vain
 * waits for no time: so it can be stopped.
 */
function* retried(attempt: () => number, nonBlocking = false): Blocking<number> {
  for (let tries = 0; ; tries++) {
    try {
      return attempt()
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN') throw new SysError(errnoFromNode(error), { cause: error })
    }
    if (nonBlocking) {
      yield { on: [], timeoutMs: 0 }
      throw wouldBlock
    }
    const sleepMs = SLEEPS_MS[tries]
    if (sleepMs !== undefined) sleep(sleepMs)
    else yield { on: [], timeoutMs: WAITS_MS[tries - SLEEPS_MS.length] ?? LONGEST_WAIT_MS }
  }
}
