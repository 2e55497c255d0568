import type { Param } from './call.js'
import { gather, gatheringPlace, readIovecs, scatter } from './iovec.js'
import { bytesOut, quote } from './params.js'

/** The contents of a guest's buffers, in one piece: WASI's `ciovec_array`. `EINVAL` for more than 1024 of them. */
export const buffersIn: Param<Uint8Array> = {
  names: ['iovs', 'count'],
  decode: ({ memory }, args, at) => gather(readIovecs(memory, args[at] ?? 0, args[at + 1] ?? 0)),
  show: (value) => `${quote(value)}, ${value.length}`,
}

/** Buffers that a call fills. */
export interface BuffersOut {
  /** Where to receive; then `fill` says how many bytes. */
  readonly place: Uint8Array
  fill(length: number): void
  readonly filled: number
}

/** One plain buffer that a call fills, which answers only an errno. */
export const bufferOut: Param<BuffersOut> = {
  names: ['buf', 'len'],
  decode(guest, args, at) {
    const out = {
      place: bytesOut.decode(guest, args, at),
      filled: 0,
      fill(length: number) {
        out.filled = Math.min(length, out.place.length)
      },
    }
    return out
  },
  show,
}

/** The buffers of WASI's `iovec_array`, in one piece until they are filled. */
export const buffersOut: Param<BuffersOut> = {
  names: ['iovs', 'count'],
  decode({ memory }, args, at) {
    const buffers = readIovecs(memory, args[at] ?? 0, args[at + 1] ?? 0)
    const out = {
      place: gatheringPlace(buffers),
      filled: 0,
      fill(length: number) {
        out.filled = Math.min(length, out.place.length)
        scatter(out.place, out.filled, buffers)
      },
    }
    return out
  },
  show,
}

function show({ place, filled }: BuffersOut): string {
  return `${quote(place.subarray(0, filled))}, ${place.length}`
}
