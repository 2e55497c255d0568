import { SysError } from '../posix/errno.js'
import { struct, u32 } from './layout.js'
import type { GuestMemory } from './memory.js'

const iovec = struct({ base: u32, length: u32 })

/** The most buffers of one call: Linux's UIO_MAXIOV. */
const MOST_BUFFERS = 1024
/** The most bytes that several buffers are gathered into at once. */
const MOST_GATHERED = 1024 * 1024

/** The buffers that an array of iovecs names. `tooMany` is the errno for more than 1024: the calls differ. */
export function readIovecs(
  memory: GuestMemory,
  pointer: number,
  count: number,
  tooMany: 'EMSGSIZE' | 'EINVAL',
): Uint8Array[] {
  if (count >>> 0 > MOST_BUFFERS) throw new SysError(tooMany)
  memory.check(pointer, count * iovec.size)
  return Array.from({ length: count }, (_, index) => {
    const { base, length } = iovec.read(memory, (pointer >>> 0) + index * iovec.size)
    return memory.bytes(base, length)
  })
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

export function scatter(received: Uint8Array, buffers: readonly Uint8Array[]): void {
  if (buffers.length === 1) return
  let at = 0
  for (const buffer of buffers) {
    const piece = received.subarray(at, at + buffer.length)
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
