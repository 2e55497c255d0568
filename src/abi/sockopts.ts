import { hostText } from '../posix/address.js'
import { type Errno, SysError } from '../posix/errno.js'
import type { GroupRequest, Linger, OptionName, OptionValue } from '../posix-sockets/options.js'
import { bytes, i32, i64, memoryOf, type Struct, struct, u8, u32 } from './layout.js'
import type { GuestMemory } from './memory.js'
import type { Numbering } from './numbering.js'

const SOCKET: Record<number, OptionName> = {
  2: 'SO_REUSEADDR',
  3: 'SO_TYPE',
  4: 'SO_ERROR',
  5: 'SO_DONTROUTE',
  6: 'SO_BROADCAST',
  7: 'SO_SNDBUF',
  8: 'SO_RCVBUF',
  9: 'SO_KEEPALIVE',
  10: 'SO_OOBINLINE',
  12: 'SO_PRIORITY',
  13: 'SO_LINGER',
  15: 'SO_REUSEPORT',
  18: 'SO_RCVLOWAT',
  20: 'SO_RCVTIMEO',
  21: 'SO_SNDTIMEO',
  25: 'SO_BINDTODEVICE',
  30: 'SO_ACCEPTCONN',
  36: 'SO_MARK',
  38: 'SO_PROTOCOL',
  39: 'SO_DOMAIN',
  66: 'SO_RCVTIMEO',
  67: 'SO_SNDTIMEO',
}
const IP: Record<number, OptionName> = {
  1: 'IP_TOS',
  2: 'IP_TTL',
  10: 'IP_MTU_DISCOVER',
  32: 'IP_MULTICAST_IF',
  33: 'IP_MULTICAST_TTL',
  34: 'IP_MULTICAST_LOOP',
  35: 'IP_ADD_MEMBERSHIP',
  36: 'IP_DROP_MEMBERSHIP',
}
const IPV6: Record<number, OptionName> = {
  16: 'IPV6_UNICAST_HOPS',
  17: 'IPV6_MULTICAST_IF',
  18: 'IPV6_MULTICAST_HOPS',
  19: 'IPV6_MULTICAST_LOOP',
  20: 'IPV6_ADD_MEMBERSHIP',
  21: 'IPV6_DROP_MEMBERSHIP',
  23: 'IPV6_MTU_DISCOVER',
  26: 'IPV6_V6ONLY',
  67: 'IPV6_TCLASS',
}
const TCP: Record<number, OptionName> = {
  1: 'TCP_NODELAY',
  2: 'TCP_MAXSEG',
  3: 'TCP_CORK',
  4: 'TCP_KEEPIDLE',
  5: 'TCP_KEEPINTVL',
  6: 'TCP_KEEPCNT',
  9: 'TCP_DEFER_ACCEPT',
  11: 'TCP_INFO',
  12: 'TCP_QUICKACK',
  13: 'TCP_CONGESTION',
  18: 'TCP_USER_TIMEOUT',
  23: 'TCP_FASTOPEN',
  30: 'TCP_FASTOPEN_CONNECT',
}
const LEVELS: Record<number, Record<number, OptionName>> = { 0: IP, 6: TCP, 41: IPV6 }

/** The option that a level and a number name; `ENOPROTOOPT` for one there is not, and `unknownLevel` for a whole level. */
export function optionOf({ solSocket }: Numbering, level: number, name: number, unknownLevel: Errno): OptionName {
  const options = level === solSocket ? SOCKET : LEVELS[level]
  if (options === undefined) throw new SysError(unknownLevel)
  const found = options[name]
  if (found === undefined) throw new SysError('ENOPROTOOPT')
  return found
}

/** The most bytes of a name that the system looks at, and what it answers for TCP_CONGESTION. */
const MOST_NAME = 256
const CONGESTION_NAME = 16

/** How an option's value lies in memory. */
interface Shape<T> {
  decode(memory: GuestMemory, pointer: number, length: number): T
  encode(value: T, room: number): Uint8Array
}

const int = struct({ value: i32 })
const byte = struct({ value: u8 })
const timeval = struct({ seconds: i64, microseconds: i64 })
const oldTimeval = struct({ seconds: i32, microseconds: i32 })
const linger = struct({ on: i32, seconds: i32 })
const ipMreq = struct({ group: bytes(4), via: bytes(4) })
const ipMreqn = struct({ group: bytes(4), via: bytes(4), index: i32 })
const ipv6Mreq = struct({ group: bytes(16), index: u32 })

const number: Shape<number> = {
  decode(memory, pointer, length) {
    if (length < int.size) throw new SysError('EINVAL')
    return int.read(memory, pointer).value
  },
  encode: (value) => laidOut(int, { value }),
}
/** The largest value that a byte has. */
const MOST_IN_BYTE = 255

/** ip(7): these options take an `int` or a byte. */
const numberOrByte: Shape<number> = {
  ...number,
  decode: (memory, pointer, length) =>
    length > 0 && length < int.size ? byte.read(memory, pointer).value : number.decode(memory, pointer, length),
  encode: (value, room) =>
    room < int.size && value >= 0 && value <= MOST_IN_BYTE ? Uint8Array.of(value) : number.encode(value, room),
}

const time: Shape<number> = {
  decode(memory, pointer, length) {
    if (length !== oldTimeval.size && length < timeval.size) throw new SysError('EINVAL')
    const read = length < timeval.size ? oldTimeval.read(memory, pointer) : timeval.read(memory, pointer)
    const [seconds, microseconds] = [Number(read.seconds), Number(read.microseconds)]
    if (microseconds < 0 || microseconds >= 1e6) throw new SysError('EDOM')
    if (seconds < 0) return Number.MIN_VALUE // Linux: no time at all, which is not the same as 0
    return seconds * 1000 + microseconds / 1000
  },
  encode(timeoutMs, room) {
    const ms = Number.isFinite(timeoutMs) ? timeoutMs : 0
    const [seconds, microseconds] = [Math.floor(ms / 1000), Math.round((ms % 1000) * 1000)]
    if (room === oldTimeval.size) return laidOut(oldTimeval, { seconds, microseconds })
    return laidOut(timeval, { seconds: BigInt(seconds), microseconds: BigInt(microseconds) })
  },
}

const lingering: Shape<Linger> = {
  decode(memory, pointer, length) {
    if (length < linger.size) throw new SysError('EINVAL')
    const { on, seconds } = linger.read(memory, pointer)
    return { on: on !== 0, seconds }
  },
  encode: ({ on, seconds }) => laidOut(linger, { on: Number(on), seconds }),
}

const membership: Shape<GroupRequest> = {
  decode(memory, pointer, length) {
    if (length < ipMreq.size) throw new SysError('EINVAL')
    const { group, via } = length < ipMreqn.size ? ipMreq.read(memory, pointer) : ipMreqn.read(memory, pointer)
    return { group: hostText(group), via: via.every((part) => part === 0) ? '' : hostText(via) }
  },
  encode: () => new Uint8Array(0),
}

const membership6: Shape<GroupRequest> = {
  decode(memory, pointer, length) {
    if (length < ipv6Mreq.size) throw new SysError('EINVAL')
    const { group, index } = ipv6Mreq.read(memory, pointer)
    return { group: hostText(group), via: index === 0 ? '' : `::%${index}` }
  },
  encode: () => new Uint8Array(0),
}

const interfaceAddress: Shape<string> = {
  decode(memory, pointer, length) {
    if (length < 4) throw new SysError('EINVAL')
    if (length >= ipMreq.size) return hostText(ipMreq.read(memory, pointer).via)
    return hostText(memory.bytes(pointer, 4).slice())
  },
  encode: () => new Uint8Array(0),
}

const interfaceIndex: Shape<string> = {
  decode: (memory, pointer, length) => `::%${number.decode(memory, pointer, length)}`,
  encode: () => new Uint8Array(0),
}

/** A name, with or without its NUL; the answer is padded to `least` bytes. */
const name = (least: number): Shape<string> => ({
  decode(memory, pointer, length) {
    const text = Buffer.from(memory.bytes(pointer, Math.min(length, MOST_NAME))).toString('latin1')
    return text.replace(/\0.*$/s, '')
  },
  encode(value) {
    const text = Buffer.from(`${value}\0`, 'latin1')
    return Buffer.concat([text, Buffer.alloc(Math.max(0, least - text.length))])
  },
})

const opaque: Shape<Uint8Array> = {
  decode: (memory, pointer, length) => memory.bytes(pointer, length).slice(),
  encode: (value) => value,
}

const shapes: Partial<Record<OptionName, unknown>> = {
  SO_LINGER: lingering,
  SO_BINDTODEVICE: name(0),
  TCP_CONGESTION: name(CONGESTION_NAME),
  TCP_INFO: opaque,
  SO_RCVTIMEO: time,
  SO_SNDTIMEO: time,
  IP_TOS: numberOrByte,
  IP_TTL: numberOrByte,
  IP_MULTICAST_TTL: numberOrByte,
  IP_MULTICAST_LOOP: numberOrByte,
  IP_MULTICAST_IF: interfaceAddress,
  IPV6_MULTICAST_IF: interfaceIndex,
  IP_ADD_MEMBERSHIP: membership,
  IP_DROP_MEMBERSHIP: membership,
  IPV6_ADD_MEMBERSHIP: membership6,
  IPV6_DROP_MEMBERSHIP: membership6,
}

function shapeOf(option: OptionName): Shape<OptionValue> {
  return (shapes[option] ?? number) as Shape<OptionValue>
}

export function readOption(memory: GuestMemory, option: OptionName, pointer: number, length: number): OptionValue {
  if (length < 0) throw new SysError('EINVAL')
  memory.check(pointer, length)
  return shapeOf(option).decode(memory, pointer, length)
}

/** The bytes that getsockopt answers to somebody who has room for so many. */
export function encodeOption(option: OptionName, value: OptionValue, room: number): Uint8Array {
  return shapeOf(option).encode(value, room).subarray(0, room)
}

function laidOut<T>(layout: Struct<T>, value: T): Uint8Array {
  const encoded = new Uint8Array(layout.size)
  layout.write(memoryOf(encoded), 0, value)
  return encoded
}
