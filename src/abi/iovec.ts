import { SysError } from '../posix/errno.js'
import { u32 } from './layout.js'
import type { GuestMemory } from './memory.js'

/* An iovec: | base | length |, of 4 bytes each. */
const LENGTH_AT = 4
const IOVEC_BYTES = 8

const nothing = new Uint8Array(0)

/** The most buffers of one call: Linux's UIO_MAXIOV. */
const MOST_BUFFERS = 1024
/** The most bytes that several buffers are gathered into at once. */
const MOST_GATHERED = 1024 * 1024

interface IovecRules {
  /** The errno for more than 1024 of them: the calls differ. */
  readonly tooMany: 'EMSGSIZE' | 'EINVAL'
  /** Whether address 0 is `EFAULT`, as in C. In other languages data may lie there. */
  readonly refusesNull: boolean
}

const ofWasi: IovecRules = { tooMany: 'EINVAL', refusesNull: false }

/** The buffers that an array of iovecs names. One of no bytes may be anywhere; lengths have a sign, as `ssize_t` has. */
export function readIovecs(
  memory: GuestMemory,
  pointer: number,
  count: number,
  { tooMany, refusesNull }: IovecRules = ofWasi,
): Uint8Array[] {
  if (count >>> 0 > MOST_BUFFERS) throw new SysError(tooMany)
  if (refusesNull && pointer === 0 && count > 0) throw new SysError('EFAULT')
  const { data, at } = memory.fields(pointer, count * IOVEC_BYTES)
  const buffers: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const from = at + index * IOVEC_BYTES
    const [base, length] = [u32.get(data, from), u32.get(data, from + LENGTH_AT)]
    if (length > 0x7fffffff) throw new SysError('EINVAL')
    if (refusesNull && base === 0 && length > 0) throw new SysError('EFAULT')
    buffers.push(length === 0 ? nothing : memory.bytes(base, length))
  }
  return buffers
}

/** The buffers' contents in one piece. What is over a mebibyte stays behind, which a stream may do and no datagram reaches. */
export function gather(buffers: readonly Uint8Array[]): Uint8Array {
  if (buffers.length === 1) return buffers[0] as Uint8Array
  const gathered = new Uint8Array(gatheredLength(buffers))
  let at = 0
  for (const buffer of buffers) {
    gathered.set(buffer.subarray(0, gathered.length - at), at)
    at = Math.min(gathered.length, at + buffer.length)
  }
  return gathered
}

/** One place to receive into, for buffers that are filled from it afterwards by `scatter`. */
export function gatheringPlace(buffers: readonly Uint8Array[]): Uint8Array {
  return buffers.length === 1 ? (buffers[0] as Uint8Array) : new Uint8Array(gatheredLength(buffers))
}

/** Fills the buffers from the first `length` bytes of their gathering place. */
export function scatter(place: Uint8Array, length: number, buffers: readonly Uint8Array[]): void {
  if (buffers.length === 1) return
  let at = 0
  for (const buffer of buffers) {
    const piece = place.subarray(at, Math.min(at + buffer.length, length))
    buffer.set(piece)
    at += piece.length
  }
}

function gatheredLength(buffers: readonly Uint8Array[]): number {
  return Math.min(
    MOST_GATHERED,
    buffers.reduce((sum, { length }) => sum + length, 0),
  )
}
