import type { InterfaceAddress, NetworkInterface } from '../network.js'
import { familyOf } from './addresses.js'
import type { VirtualHost } from './host.js'

/** How many bits of an address name the network, where no host says so. */
const PREFIX = { inet: 24, inet6: 64 }
/** Up, a loopback, running; and up, with broadcast and multicast, running. */
const [LOOPBACK_FLAGS, ETHERNET_FLAGS] = [0x10049, 0x11043]

/** The interfaces of a host in memory: the loopback, and one that has all its addresses. */
export function interfacesOf({ addresses }: Pick<VirtualHost, 'addresses'>): NetworkInterface[] {
  const own = addresses.map((host): InterfaceAddress => {
    const family = familyOf(host)
    return { family, host, prefix: PREFIX[family] }
  })
  const loopback: InterfaceAddress[] = [
    { family: 'inet', host: '127.0.0.1', prefix: 8 },
    { family: 'inet6', host: '::1', prefix: 128 },
  ]
  return [
    { name: 'lo', index: 1, flags: LOOPBACK_FLAGS, addresses: loopback },
    { name: 'eth0', index: 2, flags: ETHERNET_FLAGS, addresses: own },
  ]
}
