import type { Family } from '../posix/address.js'
import {
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  MSG_PEEK,
  MSG_TRUNC,
  MSG_WAITALL,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLNVAL,
  POLLOUT,
} from '../posix/constants.js'

/** Pairs of bits: a dialect's, and ours. */
export type Bits = readonly (readonly [theirs: number, ours: number])[]

/** The constants of a guest's socket headers, where they differ. */
export interface Numbering {
  readonly families: Readonly<Record<number, Family | 'unspecified'>>
  readonly stream: number
  readonly datagram: number
  /** SOCK_NONBLOCK and O_NONBLOCK. */
  readonly sockNonBlock: number
  readonly sockCloseOnExec: number
  readonly nonBlock: number
  /** O_RDONLY, O_WRONLY and O_RDWR. */
  readonly access: Readonly<Record<'read' | 'write' | 'both', number>>
  readonly shutdown: Readonly<Record<number, 'read' | 'write' | 'both'>>
  readonly messageFlags: Bits
  readonly pollEvents: Bits
  readonly solSocket: number
}

const sameBits = (...bits: number[]): Bits => bits.map((bit) => [bit, bit])

/** Linux's and musl's, which `posix_sockets.h` has. */
export const linux: Numbering = {
  families: { 0: 'unspecified', 1: 'unix', 2: 'inet', 10: 'inet6' },
  stream: 1,
  datagram: 2,
  sockNonBlock: 0x800,
  sockCloseOnExec: 0x80000,
  nonBlock: 0x800,
  access: { read: 0, write: 1, both: 2 },
  shutdown: { 0: 'read', 1: 'write', 2: 'both' },
  messageFlags: [],
  pollEvents: [],
  solSocket: 1,
}

/** Those of wasi-libc's own headers, preview 1. */
export const wasiLibc: Numbering = {
  families: { 0: 'unspecified', 1: 'inet', 2: 'inet6', 3: 'unix' },
  stream: 6,
  datagram: 5,
  sockNonBlock: 0x4000,
  sockCloseOnExec: 0x2000,
  nonBlock: 0x4,
  access: { read: 0x4000000, write: 0x10000000, both: 0x14000000 },
  shutdown: { 1: 'read', 2: 'write', 3: 'both' },
  messageFlags: [[0x1, MSG_PEEK], [0x2, MSG_WAITALL], ...sameBits(MSG_TRUNC, MSG_DONTWAIT, MSG_NOSIGNAL)],
  pollEvents: [
    [0x1, POLLIN],
    [0x2, POLLOUT],
    [0x1000, POLLERR],
    [0x2000, POLLHUP],
    [0x4000, POLLNVAL],
  ],
  solSocket: 0x7fffffff,
}

/** The numbering that the type argument of a guest's first `socket` call is from. */
export function numberingOf(type: number): Numbering {
  const kind = type & 0xf
  return kind === wasiLibc.stream || kind === wasiLibc.datagram ? wasiLibc : linux
}

/** Their bits as ours. A numbering without a list has Linux's. */
export function ours(bits: Bits, theirs: number): number {
  if (bits.length === 0) return theirs
  return bits.reduce((sum, [from, to]) => ((theirs & from) !== 0 ? sum | to : sum), 0)
}

export function theirs(bits: Bits, our: number): number {
  if (bits.length === 0) return our
  return bits.reduce((sum, [to, from]) => ((our & from) !== 0 ? sum | to : sum), 0)
}
