import type { InterfaceAddress, NetworkInterface } from '../network/network.js'
import { hostBytes, hostText, type InetAddress } from '../posix/address.js'
import { type Call, call } from './call.js'
import type { Guest } from './guest.js'
import { bytes, struct, u32 } from './layout.js'
import { i32, pointer } from './params.js'
import { writeSockaddr } from './sockaddr.js'

/*
 * An interface, or one of its addresses, 108 bytes: struct wasm_ifaddr of posix_sockets.h. Without an address its family is 0.
 *
 *   0      4      8          24             52             80                  108
 *   | flags| index| name (16)| address (28) | netmask (28) | broadcast (28)    |
 */
const ifaddr = struct({
  flags: u32,
  index: u32,
  name: bytes(16),
  address: bytes(28),
  netmask: bytes(28),
  broadcast: bytes(28),
})
const PLACES = { address: 24, netmask: 52, broadcast: 80 }
const ADDRESS_BYTES = 28
const NAME_BYTES = 15
const IFF_BROADCAST = 0x2

export const interfaceCalls: Readonly<Record<string, Call>> = {
  getifaddrs: call([pointer('results'), i32('capacity')], ({ sockets, memory, numbering }, results, capacity) => {
    const records = recordsOf(sockets.network('interfaces', {}))
    const kept = records.slice(0, capacity >>> 0)
    memory.check(results, kept.length * ifaddr.size)
    for (const [index, record] of kept.entries()) write({ memory, numbering }, results + index * ifaddr.size, record)
    return records.length
  }),
}

interface Listed {
  readonly of: NetworkInterface
  readonly address: InterfaceAddress | undefined
}

/** As Linux lists them: all interfaces, then what they have of IPv4, then of IPv6. */
function recordsOf(interfaces: readonly NetworkInterface[]): Listed[] {
  const ofFamily = (family: InterfaceAddress['family']) =>
    interfaces.flatMap((of) =>
      (of.addresses ?? []).filter((each) => each.family === family).map((address) => ({ of, address })),
    )
  return [...interfaces.map((of) => ({ of, address: undefined })), ...ofFamily('inet'), ...ofFamily('inet6')]
}

function write({ memory, numbering }: Pick<Guest, 'memory' | 'numbering'>, at: number, { of, address }: Listed): void {
  const { name, index, flags = 0 } = of
  const none = new Uint8Array(ADDRESS_BYTES)
  const named = new Uint8Array(NAME_BYTES + 1)
  named.set(Buffer.from(name).subarray(0, NAME_BYTES))
  ifaddr.write(memory, at, { flags, index, name: named, address: none, netmask: none, broadcast: none })
  if (address === undefined) return
  const put = (place: keyof typeof PLACES, host: string) =>
    writeSockaddr(memory, numbering, inet(address.family, host, place === 'address' ? scopeOf(host, index) : 0), {
      pointer: at + PLACES[place],
      room: ADDRESS_BYTES,
    })
  const [own, mask] = [hostBytes(address.host), maskBytes(address)]
  put('address', address.host)
  put('netmask', hostText(mask))
  if (address.family === 'inet' && (flags & IFF_BROADCAST) !== 0)
    put('broadcast', hostText(own.map((byte, place) => byte | (~(mask[place] ?? 0) & 0xff))))
}

function inet(family: InterfaceAddress['family'], host: string, scope: number): InetAddress {
  return family === 'inet' ? { family, host, port: 0 } : { family, host, port: 0, scope }
}

/** A link-local address is one of its interface. */
function scopeOf(host: string, index: number): number {
  return /^fe[89ab]/i.test(host) ? index : 0
}

function maskBytes({ family, prefix }: InterfaceAddress): Uint8Array {
  const mask = new Uint8Array(family === 'inet' ? 4 : 16)
  return mask.map((_, place) => 0xff & ~(0xff >> Math.min(8, Math.max(0, prefix - place * 8))))
}
