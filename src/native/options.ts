import type { Membership, Option, Options, SettableOption, SocketType, StatusOption } from '../network/network.js'
import { type Family, hostBytes } from '../posix/address.js'
import { SIOCATMARK, TIOCOUTQ } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { SOL_SOCKET } from './platform.js'
import { checked, type SystemCalls } from './system-calls.js'

const IPPROTO_IP = 0
const IPPROTO_TCP = 6
const IPPROTO_IPV6 = 41

/** An option of the system's: its level and name, over IPv6 where they differ, and what its value is. */
interface Row {
  readonly at: readonly [level: number, name: number]
  readonly at6?: readonly [level: number, name: number]
  readonly is: 'flag' | 'number' | 'text' | 'bytes' | 'group' | 'interface'
}

const rows: { readonly [K in SettableOption]: Row } = {
  reuseAddress: { at: [SOL_SOCKET, 2], is: 'flag' },
  dontRoute: { at: [SOL_SOCKET, 5], is: 'flag' },
  broadcast: { at: [SOL_SOCKET, 6], is: 'flag' },
  sendBuffer: { at: [SOL_SOCKET, 7], is: 'number' },
  receiveBuffer: { at: [SOL_SOCKET, 8], is: 'number' },
  keepAlive: { at: [SOL_SOCKET, 9], is: 'flag' },
  urgentInline: { at: [SOL_SOCKET, 10], is: 'flag' },
  priority: { at: [SOL_SOCKET, 12], is: 'number' },
  reusePort: { at: [SOL_SOCKET, 15], is: 'flag' },
  receiveLowWater: { at: [SOL_SOCKET, 18], is: 'number' },
  device: { at: [SOL_SOCKET, 25], is: 'text' },
  mark: { at: [SOL_SOCKET, 36], is: 'number' },
  typeOfService: { at: [IPPROTO_IP, 1], is: 'number' },
  mtuDiscovery: { at: [IPPROTO_IP, 10], at6: [IPPROTO_IPV6, 23], is: 'number' },
  ttl: { at: [IPPROTO_IP, 2], at6: [IPPROTO_IPV6, 16], is: 'number' },
  streamTtl: { at: [IPPROTO_IP, 2], at6: [IPPROTO_IPV6, 16], is: 'number' },
  trafficClass: { at: [IPPROTO_IPV6, 67], is: 'number' },
  multicastInterface: { at: [IPPROTO_IP, 32], at6: [IPPROTO_IPV6, 17], is: 'interface' },
  multicastTtl: { at: [IPPROTO_IP, 33], at6: [IPPROTO_IPV6, 18], is: 'number' },
  multicastLoop: { at: [IPPROTO_IP, 34], at6: [IPPROTO_IPV6, 19], is: 'flag' },
  join: { at: [IPPROTO_IP, 35], at6: [IPPROTO_IPV6, 20], is: 'group' },
  leave: { at: [IPPROTO_IP, 36], at6: [IPPROTO_IPV6, 21], is: 'group' },
  v6Only: { at: [IPPROTO_IPV6, 26], is: 'flag' },
  noDelay: { at: [IPPROTO_TCP, 1], is: 'flag' },
  maxSegment: { at: [IPPROTO_TCP, 2], is: 'number' },
  cork: { at: [IPPROTO_TCP, 3], is: 'flag' },
  keepIdle: { at: [IPPROTO_TCP, 4], is: 'number' },
  keepInterval: { at: [IPPROTO_TCP, 5], is: 'number' },
  keepCount: { at: [IPPROTO_TCP, 6], is: 'number' },
  deferAccept: { at: [IPPROTO_TCP, 9], is: 'number' },
  tcpInfo: { at: [IPPROTO_TCP, 11], is: 'bytes' },
  quickAck: { at: [IPPROTO_TCP, 12], is: 'flag' },
  congestion: { at: [IPPROTO_TCP, 13], is: 'text' },
  userTimeout: { at: [IPPROTO_TCP, 18], is: 'number' },
  fastOpen: { at: [IPPROTO_TCP, 23], is: 'number' },
  fastOpenConnect: { at: [IPPROTO_TCP, 30], is: 'flag' },
}

/** What is no option of the system's but a request of ioctl(2). */
const requests: { readonly [K in StatusOption]: number } = { unsent: TIOCOUTQ, atMark: SIOCATMARK }

/** Whose option it is. */
export interface OptionOwner {
  readonly fd: number
  readonly family: Family
  readonly type: SocketType
}

const MOST_BYTES = 256

/** setsockopt(2). */
export function setSystemOption(
  calls: SystemCalls,
  owner: OptionOwner,
  option: SettableOption,
  value: Options[Option],
): void {
  const [level, name] = placeOf(owner, option)
  const data = encoded(owner, rows[option].is, value)
  checked(calls.setsockopt(owner.fd, level, name, data, data.length))
}

/** getsockopt(2). */
export function getSystemOption(calls: SystemCalls, owner: OptionOwner, option: Option): Options[Option] {
  if (isStatus(option)) return statusOf(calls, owner, option)
  const { is } = rows[option]
  if (is === 'group' || is === 'interface') throw new SysError('ENOPROTOOPT')
  const [level, name] = placeOf(owner, option)
  const data = Buffer.alloc(MOST_BYTES)
  const length = Uint32Array.of(is === 'number' || is === 'flag' ? 4 : MOST_BYTES)
  checked(calls.getsockopt(owner.fd, level, name, data, length))
  if (is === 'flag') return data.readInt32LE() !== 0
  if (is === 'number') return data.readInt32LE()
  const filled = data.subarray(0, length[0])
  return is === 'bytes' ? new Uint8Array(filled) : filled.toString('latin1').replace(/\0.*$/s, '')
}

function isStatus(option: Option): option is StatusOption {
  return option in requests
}

function statusOf(calls: SystemCalls, { fd }: OptionOwner, option: StatusOption): number | boolean {
  const found = new Int32Array(1)
  checked(calls.ioctl(fd, requests[option], found))
  return option === 'atMark' ? found[0] !== 0 : (found[0] as number)
}

function placeOf({ family }: OptionOwner, option: SettableOption): readonly [level: number, name: number] {
  const { at, at6 = at } = rows[option]
  return family === 'inet6' ? at6 : at
}

function encoded({ family }: OptionOwner, is: Row['is'], value: Options[Option]): Buffer {
  if (is === 'flag' || is === 'number') return int(Number(value))
  if (is === 'text') return Buffer.from(value as string, 'latin1')
  if (is === 'bytes') return Buffer.from(value as Uint8Array)
  if (is === 'interface') return interfaceOf(family, value as string)
  const { group, via } = value as Membership
  return Buffer.concat([hostBytes(group), interfaceOf(family, via)])
}

/** An interface of IPv6 has a number, `::%2`; one of IPv4 its address. Empty is none. */
function interfaceOf(family: Family, via: string): Buffer {
  if (family === 'inet6') return int(Number(via.split('%')[1] ?? 0))
  return Buffer.from(via === '' ? [0, 0, 0, 0] : hostBytes(via))
}

function int(value: number): Buffer {
  const data = Buffer.alloc(4)
  data.writeInt32LE(value | 0)
  return data
}
