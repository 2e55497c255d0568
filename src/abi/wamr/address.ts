import { type Address, hostBytes, hostText, showAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import type { Param } from '../call.js'
import { bytes, type Field, type Memory, readAt, struct, u16, u32 } from '../layout.js'
import type { GuestMemory } from '../memory.js'
import type { Layout } from '../outputs.js'

/*
 *             0      4             8      10     20     22     24
 * IPv4        | kind | address     | port | …                  |    __wasi_addr_t
 * IPv6        | kind | address, eight groups of u16 …  | port | …|
 *
 * Ports and groups are in the guest's own order. The address alone, without its port, is __wasi_addr_ip_t: 20 bytes.
 */
const ADDRESS_BYTES = 24
const HOST_BYTES = 20
const IPV4 = 0
const IPV6 = 1

/** An IPv6 address, whose groups a guest sees as numbers, most significant group first. */
const groups: Field<Uint8Array> = {
  size: 16,
  align: 2,
  get: (data, at) => swapped(bytes(16).get(data, at)),
  set: (data, at, value) => bytes(16).set(data, at, swapped(value)),
}

const host4 = struct({ kind: u32, host: bytes(4) })
const host6 = struct({ kind: u32, host: groups })
const address4 = struct({ kind: u32, host: bytes(4), port: u16 })
const address6 = struct({ kind: u32, host: groups, port: u16 })

/** Where an address is answered. A UNIX path has no form here. */
export const addressLayout = {
  size: ADDRESS_BYTES,
  write(memory: Memory, pointer: number, value: Address) {
    if (value.family === 'unix') throw new SysError('EAFNOSUPPORT')
    const { family, host, port } = value
    if (family === 'inet') address4.write(memory, pointer, { kind: IPV4, host: hostBytes(host), port })
    else address6.write(memory, pointer, { kind: IPV6, host: hostBytes(host), port })
  },
} satisfies Layout<Address>

/** An address that is read. `EAFNOSUPPORT` for a kind there is not. */
export const address: Param<Address> = {
  names: ['addr'],
  decode({ memory }, args, at) {
    const pointer = memory.check(args[at] ?? 0, ADDRESS_BYTES)
    if (isIPv6(memory, pointer)) {
      const { host, port } = address6.read(memory, pointer)
      return { family: 'inet6', host: hostText(host), port, scope: 0 }
    }
    const { host, port } = address4.read(memory, pointer)
    return { family: 'inet', host: hostText(host), port }
  },
  show: showAddress,
}

/** A multicast group and the interface to reach it by: of IPv4 an address, of IPv6 an index; 0 leaves the choice to the system. */
export interface Membership {
  readonly family: 'inet' | 'inet6'
  readonly group: string
  readonly via: string
}

export const membership: Param<Membership> = {
  names: ['imr_multiaddr', 'imr_interface'],
  decode({ memory }, args, at) {
    const pointer = memory.check(args[at] ?? 0, HOST_BYTES)
    const via = (args[at + 1] ?? 0) >>> 0
    if (isIPv6(memory, pointer))
      return { family: 'inet6', group: hostText(host6.read(memory, pointer).host), via: via === 0 ? '' : `::%${via}` }
    const group = hostText(host4.read(memory, pointer).host)
    return { family: 'inet', group, via: via === 0 ? '' : hostText(interfaceBytes(via)) }
  },
  show: ({ group, via }) => (via === '' ? group : `${group} via ${via}`),
}

function isIPv6(memory: GuestMemory, pointer: number): boolean {
  const kind = readAt(memory, u32, pointer)
  if (kind !== IPV4 && kind !== IPV6) throw new SysError('EAFNOSUPPORT')
  return kind === IPV6
}

/** Of an `s_addr`, which lies in the guest's memory in network order and is handed over as a number. */
function interfaceBytes(address: number): Uint8Array {
  return Uint8Array.of(address, address >>> 8, address >>> 16, address >>> 24)
}

function swapped(pairs: Uint8Array): Uint8Array {
  return pairs.map((_, index) => pairs[index ^ 1] as number)
}
