import type { SocketType } from '../network/network.js'
import {
  type Address,
  type Family,
  hostBytes,
  hostText,
  type Inet4Address,
  type Inet6Address,
  mappedToInet6,
} from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { bytes, memoryOf, struct, u16, u16be, u32 } from './layout.js'
import type { GuestMemory } from './memory.js'
import type { Numbering } from './numbering.js'

/*
 *            0       2       4        8              24      28
 * inet       |family | port  | addr   | zero         |
 * inet6      |family | port  | flow   | addr         | scope |
 * unix       |family | path, NUL-terminated, or NUL and an abstract name …
 */
const sockaddrIn = struct({ family: u16, port: u16be, addr: bytes(4), zero: bytes(8) })
const sockaddrIn6 = struct({ family: u16, port: u16be, flow: u32, addr: bytes(16), scope: u32 })
const sockaddrFamily = struct({ family: u16 })

/** The most bytes of an address: `sockaddr_un`'s 110. `sockaddr_storage` has 128. */
const MOST_UNIX = 110
const MOST_STORAGE = 128
const SCOPE_BYTES = 4

/** For whom an address is meant: what is wrong with it depends on the socket. */
export interface AddressedSocket {
  readonly family: Family
  readonly type: SocketType
}

/** Reads an address for a socket; undefined is AF_UNSPEC. `EINVAL` when too short, `EAFNOSUPPORT` for another family. */
export function readSockaddr(
  { memory, numbering }: { memory: GuestMemory; numbering: Numbering },
  socket: AddressedSocket,
  { pointer, length }: { pointer: number; length: number },
): Address | undefined {
  if (length < sockaddrFamily.size || length > MOST_STORAGE) throw new SysError('EINVAL')
  memory.check(pointer, length)
  const family = numbering.families[sockaddrFamily.read(memory, pointer).family]
  if (family === 'unspecified') return undefined
  switch (socket.family) {
    case 'unix':
      if (family !== 'unix') throw new SysError('EINVAL')
      return { family, path: readPath(memory, pointer, length) }
    case 'inet':
      if (length < sockaddrIn.size) throw new SysError('EINVAL')
      if (family !== 'inet') throw new SysError('EAFNOSUPPORT')
      return readInet(memory, pointer)
    case 'inet6':
      if (family === 'inet' && socket.type === 'dgram' && length >= sockaddrIn.size) {
        const { host, port } = readInet(memory, pointer)
        return { family: 'inet6', host: mappedToInet6(host), port, scope: 0 }
      }
      if (length < sockaddrIn6.size - SCOPE_BYTES) throw new SysError('EINVAL')
      if (family !== 'inet6') throw new SysError('EAFNOSUPPORT')
      return readInet6(memory, pointer, length)
  }
}

/** Reads an address of whichever family it says, as getnameinfo takes it; undefined for another one, and for one too short. */
export function readAnySockaddr(
  { memory, numbering }: { memory: GuestMemory; numbering: Numbering },
  { pointer, length }: { pointer: number; length: number },
): Address | undefined {
  if (length < sockaddrFamily.size) return undefined
  const { family } = sockaddrFamily.read(memory, pointer)
  const known = numbering.families[family]
  const least = { inet: sockaddrIn.size, inet6: sockaddrIn6.size, unix: sockaddrFamily.size }
  if (known === undefined || known === 'unspecified' || length < least[known]) return undefined
  const given = { pointer, length: Math.min(length, known === 'unix' ? MOST_UNIX : MOST_STORAGE) }
  return readSockaddr({ memory, numbering }, { family: known, type: 'stream' }, given)
}

function readInet(memory: GuestMemory, pointer: number): Inet4Address {
  const { addr, port } = sockaddrIn.read(memory, pointer)
  return { family: 'inet', host: hostText(addr), port }
}

/** The scope came with RFC 2553; shorter addresses are without it. */
function readInet6(memory: GuestMemory, pointer: number, length: number): Inet6Address {
  const encoded = new Uint8Array(sockaddrIn6.size)
  encoded.set(memory.bytes(pointer, Math.min(length, encoded.length)))
  const { addr, port, scope } = sockaddrIn6.read(memoryOf(encoded), 0)
  return { family: 'inet6', host: hostText(addr), port, scope }
}

/** Writes an address, cut to `room` bytes; answers its whole length in bytes. */
export function writeSockaddr(
  memory: GuestMemory,
  numbering: Numbering,
  address: Address,
  to: { pointer: number; room: number },
): number {
  const whole = encode(numbering, address)
  memory.bytes(to.pointer, Math.min(to.room, whole.length)).set(whole.subarray(0, to.room))
  return whole.length
}

function readPath(memory: GuestMemory, pointer: number, length: number): string {
  if (length > MOST_UNIX) throw new SysError('EINVAL')
  const text = Buffer.from(memory.bytes(pointer + 2, length - 2))
  if (text[0] === 0) return text.toString('utf8') // abstract: all of it is the name
  const end = text.indexOf(0)
  return text.subarray(0, end < 0 ? text.length : end).toString('utf8')
}

function encode(numbering: Numbering, address: Address): Uint8Array {
  const family = familyNumber(numbering, address.family)
  if (address.family === 'unix') {
    const { path } = address
    const name = Buffer.from(path === '' || path.startsWith('\0') ? path : `${path}\0`)
    return Buffer.concat([Uint8Array.of(family, 0), name])
  }
  const addr = hostBytes(address.host)
  const { port } = address
  const encoded = new Uint8Array(address.family === 'inet' ? sockaddrIn.size : sockaddrIn6.size)
  if (address.family === 'inet') sockaddrIn.write(memoryOf(encoded), 0, { family, port, addr, zero: new Uint8Array(8) })
  else sockaddrIn6.write(memoryOf(encoded), 0, { family, port, flow: 0, addr, scope: address.scope })
  return encoded
}

/** The number of a family, as `socket` takes it. */
export function familyNumber(numbering: Numbering, family: Address['family']): number {
  const found = Object.entries(numbering.families).find(([, name]) => name === family)
  return Number(found?.[0] ?? 0)
}
