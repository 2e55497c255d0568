import ipaddr from 'ipaddr.js'
import type { Output } from '../network.js'

/** The interfaces as a guest with rules sees them: names, numbers, and no addresses but the loopback's. */
export function withoutAddresses(interfaces: Output<'interfaces'>): Output<'interfaces'> {
  return interfaces.map(({ addresses = [], ...each }) => ({
    ...each,
    addresses: addresses.filter(({ host }) => ipaddr.parse(host).range() === 'loopback'),
  }))
}
