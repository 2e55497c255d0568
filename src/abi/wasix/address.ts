import { type Address, hostBytes, hostText, showAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import type { Param } from '../call.js'
import { bytes, type Memory, memoryOf, readAt, struct, u8, u16, writeAt } from '../layout.js'
import { out } from '../outputs.js'

/*
 * __wasi_addr_port_t, 110 bytes. Ports are little-endian; the halves of flow and scope stand with the upper one first.
 *
 *            0    2       4      8            20     24      28      110
 * inet       | tag| port  | addr |
 * inet6      | tag| port  | addr              | flow | scope |
 * unix       | tag| path, NUL-terminated, or NUL and an abstract name …
 */
const ADDRESS_BYTES = 110
const PATH_BYTES = 108
const inet = struct({ tag: u8, port: u16, addr: bytes(4) })
const inet6 = struct({
  tag: u8,
  port: u16,
  addr: bytes(16),
  flowHigh: u16,
  flowLow: u16,
  scopeHigh: u16,
  scopeLow: u16,
})
const unix = struct({ tag: u8, gap: u8, path: bytes(PATH_BYTES) })

/** __wasi_addr_ip_t, 18 bytes: a tag, and an address of 4 or 16 bytes at 2. */
export const IP_BYTES = 18
const ip = struct({ tag: u8, gap: u8, addr: bytes(16) })

/** The tag of an address is the number of its family. */
const tags = { unspecified: 0, inet: 1, inet6: 2, unix: 3 } as const

/** An address, undefined for one of no family, as a layout. */
const addressAndPort = {
  size: ADDRESS_BYTES,

  read(memory: Memory, pointer: number): Address | undefined {
    memory.fields(pointer, ADDRESS_BYTES)
    switch (readAt(memory, u8, pointer)) {
      case tags.unspecified:
        return undefined
      case tags.inet: {
        const { addr, port } = inet.read(memory, pointer)
        return { family: 'inet', host: hostText(addr), port }
      }
      case tags.inet6: {
        const { addr, port, scopeHigh, scopeLow } = inet6.read(memory, pointer)
        return { family: 'inet6', host: hostText(addr), port, scope: scopeHigh * 0x10000 + scopeLow }
      }
      case tags.unix:
        return { family: 'unix', path: pathIn(unix.read(memory, pointer).path) }
      default:
        throw new SysError('EAFNOSUPPORT')
    }
  },

  write(memory: Memory, pointer: number, address: Address | undefined): void {
    writeAt(memory, bytes(ADDRESS_BYTES), pointer, encoded(address))
  },
}

/** An address that a call reads; undefined is the one of no family. */
export function addressAt(name: string): Param<Address | undefined> {
  return {
    names: [name],
    decode: ({ memory }, args, at) => addressAndPort.read(memory, args[at] ?? 0),
    show: shown,
  }
}

/** Place for an address that a call answers. */
export const addressOut = (name: string) => out<Address | undefined>(name, addressAndPort, { show: shown })

/** Writes an address without a port. */
export function writeIp(memory: Memory, pointer: number, { family, host }: Exclude<Address, { family: 'unix' }>): void {
  const addr = new Uint8Array(16)
  addr.set(hostBytes(host))
  ip.write(memory, pointer, { tag: tags[family], gap: 0, addr })
}

function shown(address: Address | undefined): string {
  return address === undefined ? 'UNSPEC' : showAddress(address)
}

/** An abstract name's length is not told: it ends before the zeros that fill the place. */
function pathIn(place: Uint8Array): string {
  const end = place[0] === 0 ? place.findLastIndex((byte) => byte !== 0) + 1 : place.indexOf(0)
  return Buffer.from(end < 0 ? place : place.subarray(0, end)).toString('utf8')
}

function encoded(address: Address | undefined): Uint8Array {
  const whole = new Uint8Array(ADDRESS_BYTES)
  const memory = memoryOf(whole)
  if (address === undefined) return whole
  const tag = tags[address.family]
  if (address.family === 'unix') {
    const path = new Uint8Array(PATH_BYTES)
    path.set(Buffer.from(address.path).subarray(0, PATH_BYTES))
    unix.write(memory, 0, { tag, gap: 0, path })
    return whole
  }
  const { host, port } = address
  if (address.family === 'inet') inet.write(memory, 0, { tag, port, addr: hostBytes(host) })
  else inet6.write(memory, 0, { tag, port, addr: hostBytes(host), flowHigh: 0, flowLow: 0, ...halves(address.scope) })
  return whole
}

function halves(scope: number): { scopeHigh: number; scopeLow: number } {
  return { scopeHigh: scope >>> 16, scopeLow: scope & 0xffff }
}
