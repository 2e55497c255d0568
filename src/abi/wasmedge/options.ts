import { SysError } from '../../posix/errno.js'
import type { OptionName } from '../../posix-sockets/options.js'
import { type Call, call, type Param } from '../call.js'
import { readAt, u32, writeAt } from '../layout.js'
import { i32, pointer, quote, sock } from '../params.js'
import { encodeOption, readOption } from '../sockopts.js'
import { checkAligned } from './address.js'

/** By their numbers. */
const socketOptions: readonly OptionName[] = [
  'SO_REUSEADDR',
  'SO_TYPE',
  'SO_ERROR',
  'SO_DONTROUTE',
  'SO_BROADCAST',
  'SO_SNDBUF',
  'SO_RCVBUF',
  'SO_KEEPALIVE',
  'SO_OOBINLINE',
  'SO_LINGER',
  'SO_RCVLOWAT',
  'SO_RCVTIMEO',
  'SO_SNDTIMEO',
  'SO_ACCEPTCONN',
  'SO_BINDTODEVICE',
]
/** WasmEdge has no level but the first. Guests written for wasi-go have this one; 1 is what they are called with elsewhere. */
const tcpOptions: Readonly<Record<number, OptionName>> = { 1: 'TCP_NODELAY', 15: 'TCP_NODELAY' }
const levels: Readonly<Record<number, Readonly<Record<number, OptionName>>>> = {
  0: socketOptions,
  6: tcpOptions,
}

/** By their numbers, which SO_TYPE answers and `sock_open` takes. */
export const types = [undefined, 'dgram', 'stream'] as const

/** A level and an option: `EINVAL` for numbers that the dialect does not have. */
const option: Param<OptionName> = {
  names: ['level', 'name'],
  decode(_, args, at) {
    const found = levels[args[at] ?? -1]?.[args[at + 1] ?? -1]
    if (found === undefined) throw new SysError('EINVAL')
    return found
  },
  show: String,
}

interface ValuePlace {
  readonly room: number
  write(value: Uint8Array): void
  readonly written: Uint8Array | undefined
}

/** No guest has anything as low in its memory as the longest value is long. */
const MOST_ROOM = 128

/**
 * Place for a value. Sources differ about the second argument: for WasmEdge and its Rust guests it points to the length, which is
 * written back; for wasi-go and its Go and C guests it is the length.
 */
const valueOut: Param<ValuePlace> = {
  names: ['value', 'length'],
  decode({ memory }, args, at) {
    const [to = 0, length = 0] = [args[at], args[at + 1]]
    const isLength = length >>> 0 <= MOST_ROOM
    const room = isLength ? length : readAt(memory, u32, length)
    if (!isLength) checkAligned(length, u32.align)
    memory.check(to, room)
    const place = {
      room,
      written: undefined as Uint8Array | undefined,
      write(value: Uint8Array) {
        place.written = value
        memory.bytes(to, value.length).set(value)
        if (!isLength) writeAt(memory, u32, length, value.length)
      },
    }
    return place
  },
  show: ({ room, written }) => `${written === undefined ? '?' : quote(written)}, ${room}`,
}

/** The options of sockets: integers, `struct linger` of two, and `struct timeval` of two 64-bit ones. */
export const optionCalls: Readonly<Record<string, Call>> = {
  sock_getsockopt: call([sock, option, valueOut], ({ sockets }, fd, name, place) => {
    const value = name === 'SO_TYPE' ? types.indexOf(sockets.socketOf(fd).type) : sockets.getsockopt(fd, name)
    place.write(encodeOption(name, value, place.room))
  }),

  sock_setsockopt: call(
    [sock, option, pointer('value'), i32('length')],
    ({ sockets, memory }, fd, name, value, length) =>
      sockets.setsockopt(fd, name, readOption(memory, name, value, length)),
  ),
}
