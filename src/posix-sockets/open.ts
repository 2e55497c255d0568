import type { Events, Handle, Network } from '../network/network.js'
import { POLLIN, POLLOUT } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type MaybeBlocking, triedOnce } from './blocking.js'
import type { OpenEvent } from './event.js'
import type { Description } from './fd-table.js'
import type { OpenEpoll } from './open-epoll.js'
import type { OpenSocket } from './open-socket.js'
import { piecewise } from './stream-calls.js'
import type { OpenTimer } from './timer.js'

/** Another open file in the same table: a file, a directory, standard input. Its provider knows more. */
export interface OpenFile extends Description {
  readonly is: 'file'
  /** True for what may make somebody wait, a terminal or a pipe of the host's, though it may always be ready here: what epoll takes. */
  readonly isWaitable?: boolean
  /** O_NONBLOCK, where it is kept here and not by the provider. */
  nonBlocking?: boolean
  /** What poll waits for, where the file can make a reader or a writer wait; without it the file is always ready. */
  pollHandle?(): Handle
  /** The same, if the network has opened it already. */
  openHandle?(): Handle | undefined
  /** What FIONREAD answers, where the provider knows it. */
  available?(): number
  close(): void
}

/** One end of a pipe. */
export interface OpenPipe extends Description {
  readonly is: 'pipe'
  readonly handle: Handle
  readonly end: 'read' | 'write'
  nonBlocking: boolean
}

/** What a descriptor stands for: what POSIX calls its open file description. */
export type Open = OpenSocket | OpenPipe | OpenEpoll | OpenEvent | OpenTimer | OpenFile

/** What the network calls it, where it is the network's. */
export function handleOf(open: Open): Handle | undefined {
  if (open.is === 'socket' || open.is === 'pipe') return open.handle
  return open.is === 'file' ? open.pollHandle?.() : undefined
}

/** read(2) on a pipe; 0 is its end. */
export function readPipe(network: Network, pipe: OpenPipe, into: Uint8Array): MaybeBlocking<number> {
  if (pipe.end !== 'read') throw new SysError('EBADF')
  const input = { handle: pipe.handle, into, peek: false }
  return triedOnce(patience(pipe, POLLIN), () => network('receive', input))
}

/** write(2) on a pipe: all of `data`, unless it does not block or the last reader goes. */
export function writePipe(network: Network, pipe: OpenPipe, data: Uint8Array): MaybeBlocking<number> {
  if (pipe.end !== 'write') throw new SysError('EBADF')
  const { handle, nonBlocking } = pipe
  return piecewise(data, !nonBlocking, (rest) =>
    triedOnce(patience(pipe, POLLOUT), () => network('send', { handle, data: rest })),
  )
}

function patience({ handle, nonBlocking }: OpenPipe, events: Events) {
  return { handle, events, timeoutMs: nonBlocking ? 0 : Number.POSITIVE_INFINITY, now: () => 0 }
}
