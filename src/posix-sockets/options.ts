import { DONE, type Network, type Options, type SettableOption, type SystemOptions } from '../network/network.js'
import { type Errno, SysError, wasiNumber } from '../posix/errno.js'
import { type Blocking, untilDone } from './blocking.js'
import type { Ground } from './ground.js'
import { alwaysPatient, type OpenSocket } from './open-socket.js'

export interface Linger {
  readonly on: boolean
  readonly seconds: number
}
export interface GroupRequest {
  readonly group: string
  readonly via: string
}
export type OptionValue = number | Linger | GroupRequest | string | Uint8Array

interface OptionRow {
  get?(network: Network, socket: OpenSocket): OptionValue
  set?(ground: Ground, socket: OpenSocket, value: OptionValue): Blocking<void>
}

/** Which sockets have an option, and which know its level at all. */
interface Scope {
  readonly applies: (socket: OpenSocket) => boolean
  readonly protocol: (socket: OpenSocket) => boolean
}
const overIp = ({ family }: OpenSocket) => family !== 'unix'
const tcp = ({ type, family }: OpenSocket) => type === 'stream' && family !== 'unix'
const inet6 = ({ family }: OpenSocket) => family === 'inet6'
const datagram = ({ type }: OpenSocket) => type === 'dgram'
const isIp: Scope = { applies: overIp, protocol: overIp }
const isTcp: Scope = { applies: tcp, protocol: tcp }
const isUdp: Scope = { applies: datagram, protocol: overIp }
const isUdp6: Scope = { applies: datagram, protocol: inet6 }
const isInet6: Scope = { applies: inet6, protocol: inet6 }

/** The options that exist, by the names of the man pages: socket(7), tcp(7), ip(7), ipv6(7), udp(7). All others are `ENOPROTOOPT`. */
const rows = {
  SO_TYPE: { get: (_, { type }) => (type === 'stream' ? 1 : 2) },
  SO_DOMAIN: { get: (_, { family }) => ({ unix: 1, inet: 2, inet6: 10 })[family] },
  SO_PROTOCOL: { get: (_, { family, type }) => (family === 'unix' ? 0 : type === 'stream' ? 6 : 17) },
  SO_ACCEPTCONN: { get: (_, { state }) => Number(state === 'listening') },
  SO_ERROR: { get: takeError },
  SO_REUSEADDR: flag('reuseAddress'),
  SO_BROADCAST: flag('broadcast'),
  SO_KEEPALIVE: flag('keepAlive'),
  SO_LINGER: { get: (_, { linger }) => linger, set: setLinger },
  SO_RCVTIMEO: { get: (_, { receiveTimeoutMs }) => receiveTimeoutMs, set: setTimeoutOf('receiveTimeoutMs') },
  SO_SNDTIMEO: { get: (_, { sendTimeoutMs }) => sendTimeoutMs, set: setTimeoutOf('sendTimeoutMs') },
  TCP_NODELAY: onlyFor(isTcp, flag('noDelay')),
  TCP_KEEPIDLE: onlyFor(isTcp, number('keepIdle', 1, 32767)),
  TCP_KEEPINTVL: onlyFor(isTcp, number('keepInterval', 1, 32767)),
  TCP_KEEPCNT: onlyFor(isTcp, number('keepCount', 1, 127)),
  TCP_MAXSEG: system('maxSegment'),
  TCP_CORK: flag('cork'),
  TCP_DEFER_ACCEPT: system('deferAccept'),
  TCP_INFO: system('tcpInfo'),
  TCP_QUICKACK: flag('quickAck'),
  TCP_CONGESTION: system('congestion'),
  TCP_USER_TIMEOUT: system('userTimeout'),
  TCP_FASTOPEN: system('fastOpen'),
  TCP_FASTOPEN_CONNECT: flag('fastOpenConnect'),
  SO_DONTROUTE: flag('dontRoute'),
  SO_SNDBUF: system('sendBuffer'),
  SO_RCVBUF: system('receiveBuffer'),
  SO_OOBINLINE: flag('urgentInline'),
  SO_PRIORITY: system('priority'),
  SO_REUSEPORT: flag('reusePort'),
  SO_RCVLOWAT: system('receiveLowWater'),
  SO_BINDTODEVICE: system('device'),
  SO_MARK: system('mark'),
  IP_TOS: onlyFor(isIp, { ...system('typeOfService'), set: setTypeOfService }),
  IP_MTU_DISCOVER: system('mtuDiscovery'),
  IPV6_MTU_DISCOVER: system('mtuDiscovery'),
  IPV6_TCLASS: onlyFor(isInet6, { ...system('trafficClass'), set: setTrafficClass }),
  IP_TTL: eitherOf(onlyFor(isIp, system('streamTtl')), onlyFor(isUdp, number('ttl', 1, 255, 64))),
  IP_MULTICAST_TTL: onlyFor(isUdp, number('multicastTtl', 0, 255, 1)),
  IP_MULTICAST_LOOP: onlyFor(isUdp, flag('multicastLoop')),
  IP_MULTICAST_IF: onlyFor(isUdp, confirmed('multicastInterface')),
  IP_ADD_MEMBERSHIP: onlyFor(isUdp, confirmed('join')),
  IP_DROP_MEMBERSHIP: onlyFor(isUdp, confirmed('leave')),
  IPV6_UNICAST_HOPS: eitherOf(onlyFor(isInet6, system('streamTtl')), onlyFor(isUdp6, number('ttl', 0, 255, 64))),
  IPV6_MULTICAST_HOPS: onlyFor(isUdp6, number('multicastTtl', 0, 255, 1)),
  IPV6_MULTICAST_LOOP: onlyFor(isUdp6, flag('multicastLoop')),
  IPV6_MULTICAST_IF: onlyFor(isUdp6, confirmed('multicastInterface')),
  IPV6_ADD_MEMBERSHIP: onlyFor(isUdp6, confirmed('join')),
  IPV6_DROP_MEMBERSHIP: onlyFor(isUdp6, confirmed('leave')),
  IPV6_V6ONLY: onlyFor(isInet6, { ...flag('v6Only'), set: setV6Only }),
} satisfies Record<string, OptionRow>

export type OptionName = keyof typeof rows

/** getsockopt(2). Times are in ms. */
export function getOption(network: Network, socket: OpenSocket, name: OptionName): OptionValue {
  const row: OptionRow = rows[name]
  if (row.get === undefined) throw new SysError('ENOPROTOOPT')
  return row.get(network, socket)
}

/** setsockopt(2). */
export function* setOption(ground: Ground, socket: OpenSocket, name: OptionName, value: OptionValue): Blocking<void> {
  const row: OptionRow = rows[name]
  if (row.set === undefined) throw new SysError('ENOPROTOOPT')
  yield* row.set(ground, socket, value)
}

type FlagOption = { [K in SettableOption]: Options[K] extends boolean ? K : never }[SettableOption]
type NumberOption = { [K in SettableOption]: Options[K] extends number ? K : never }[SettableOption]
type ConfirmedOption = Exclude<SettableOption, FlagOption | NumberOption | keyof SystemOptions>

function flag(option: FlagOption): OptionRow {
  return {
    get: (network, { handle }) => Number(network('getOption', { handle, option })),
    *set({ network }, { handle }, value) {
      network('setOption', { handle, option, value: value !== 0 })
    },
  }
}

/** With a default, -1 asks for that: ip(7), RFC 3542. */
function number(option: NumberOption, least: number, most: number, byDefault?: number): OptionRow {
  return {
    get: (network, { handle }) => network('getOption', { handle, option }) as number,
    *set({ network }, { handle }, value) {
      const asked = value === -1 ? (byDefault ?? value) : value
      if (typeof asked !== 'number' || asked < least || asked > most) throw new SysError('EINVAL')
      network('setOption', { handle, option, value: asked })
    },
  }
}

/** An option that only a system has: it says what is right, and a network that is none says `ENOPROTOOPT`. */
function system(option: keyof SystemOptions): OptionRow {
  return {
    get: (network, { handle }) => network('getOption', { handle, option }) as OptionValue,
    *set({ network }, { handle }, value) {
      network('setOption', { handle, option, value } as Parameters<typeof network<'setOption'>>[1])
    },
  }
}

/** An option that is another one for streams. */
function eitherOf(ofStreams: OptionRow, ofDatagrams: OptionRow): OptionRow {
  const of = ({ type }: OpenSocket) => (type === 'stream' ? ofStreams : ofDatagrams) as Required<OptionRow>
  return {
    get: (network, socket) => of(socket).get(network, socket),
    set: (ground, socket, value) => of(socket).set(ground, socket, value),
  }
}

/** An option of which the system says whether it could be set. */
function confirmed(option: ConfirmedOption): OptionRow {
  return {
    *set(ground, socket, value) {
      const input = { handle: socket.handle, option, value } as Parameters<typeof ground.network<'setOption'>>[1]
      yield* untilDone(alwaysPatient(ground, socket, DONE), () => ground.network('setOption', input))
    },
  }
}

/** An option of some sockets only. On a socket of the same protocol it is `ENOPROTOOPT`; of another see `ofOtherProtocol`. */
function onlyFor({ applies, protocol }: Scope, { get, set }: OptionRow): OptionRow {
  const checked = (socket: OpenSocket, call: 'get' | 'set') => {
    if (!protocol(socket)) throw new SysError(ofOtherProtocol(socket, call))
    if (!applies(socket)) throw new SysError('ENOPROTOOPT')
    return socket
  }
  return {
    ...(get && { get: (network, socket) => get(network, checked(socket, 'get')) }),
    ...(set && { set: (ground, socket, value) => set(ground, checked(socket, 'set'), value) }),
  }
}

/** Linux's errno for the level of another protocol. */
function ofOtherProtocol({ family }: OpenSocket, call: 'get' | 'set'): Errno {
  if (family === 'unix') return 'EOPNOTSUPP'
  return call === 'get' && family === 'inet' ? 'EOPNOTSUPP' : 'ENOPROTOOPT'
}

/** The two bits of ECN are TCP's own: ip(7). */
function* setTypeOfService({ network }: Ground, { handle, type }: OpenSocket, value: OptionValue): Blocking<void> {
  const bits = type === 'stream' ? 0xfc : 0xff
  network('setOption', { handle, option: 'typeOfService', value: (value as number) & bits })
}

/** RFC 3542: -1 is the default, 0. */
function* setTrafficClass({ network }: Ground, { handle }: OpenSocket, value: OptionValue): Blocking<void> {
  if (typeof value !== 'number' || value < -1 || value > 0xff) throw new SysError('EINVAL')
  network('setOption', { handle, option: 'trafficClass', value: Math.max(0, value) })
}

/** In WASI's number, as the guest's errno.h has it. */
function takeError(network: Network, { handle }: OpenSocket): number {
  const errno = network('takeError', { handle })
  return errno === undefined ? 0 : wasiNumber(errno)
}

function* setLinger(_: Ground, socket: OpenSocket, value: OptionValue): Blocking<void> {
  if (typeof value === 'object' && 'seconds' in value) socket.linger = value
}

function setTimeoutOf(which: 'receiveTimeoutMs' | 'sendTimeoutMs') {
  return function* (_: Ground, socket: OpenSocket, value: OptionValue): Blocking<void> {
    socket[which] = value === 0 ? Number.POSITIVE_INFINITY : (value as number)
  }
}

/** ipv6(7): only before the socket is bound. */
function* setV6Only({ network }: Ground, { handle, state }: OpenSocket, value: OptionValue): Blocking<void> {
  if (state !== 'fresh') throw new SysError('EINVAL')
  network('setOption', { handle, option: 'v6Only', value: value !== 0 })
}
