import { type Address, hostBytes, hostText } from '../posix/address.js'
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

/** Reads an address; undefined is AF_UNSPEC. `EINVAL` when too short, `EAFNOSUPPORT` for a family there is not. */
export function readSockaddr(
  memory: GuestMemory,
  numbering: Numbering,
  pointer: number,
  length: number,
): Address | undefined {
  if (length < 0 || length > MOST_STORAGE || length < sockaddrFamily.size) throw new SysError('EINVAL')
  memory.check(pointer, length)
  const { family } = sockaddrFamily.read(memory, pointer)
  switch (numbering.families[family]) {
    case 'unspecified':
      return undefined
    case 'inet': {
      if (length < sockaddrIn.size) throw new SysError('EINVAL')
      const { addr, port } = sockaddrIn.read(memory, pointer)
      return { family: 'inet', host: hostText(addr), port }
    }
    case 'inet6': {
      if (length < sockaddrIn6.size - 4) throw new SysError('EINVAL')
      const { addr, port, scope } = sockaddrIn6.read(memory, pointer)
      return { family: 'inet6', host: hostText(addr), port, scope: length < sockaddrIn6.size ? 0 : scope }
    }
    case 'unix':
      return { family: 'unix', path: readPath(memory, pointer, length) }
    case undefined:
      throw new SysError('EAFNOSUPPORT')
  }
}

/** Writes an address, cut to `room` bytes; answers its whole length in bytes. */
export function writeSockaddr(memory: GuestMemory, numbering: Numbering, address: Address, to: { pointer: number; room: number }): number {
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
