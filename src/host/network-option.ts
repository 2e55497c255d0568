import type { Network, NetworkDriver } from '../network/network.js'
import type { NetworkRules } from '../network/rules/rules.js'
import type { ThreadedNetwork } from '../network/transport.js'

export type Driver = Network | NetworkDriver

/** Rules, and perhaps the network that they are for. */
export interface GivenRules extends NetworkRules {
  /** Default: this machine's. */
  readonly through?: ThreadedNetwork
}

/** What the option `network` may be. */
export type NetworkOption = Driver | ThreadedNetwork | GivenRules

/** The rules among them, if it is rules. */
export function rulesOf(network: NetworkOption | undefined): NetworkRules | undefined {
  if (network === undefined || isDriver(network) || isThreaded(network)) return undefined
  const { through, ...rules } = network
  return through !== undefined && rules.allow === undefined && rules.deny === undefined ? undefined : rules
}

/** The network that guests in other threads may be in, if one is given. */
export function threadedOf(network: NetworkOption | undefined): ThreadedNetwork | undefined {
  if (network === undefined || isDriver(network)) return undefined
  return isThreaded(network) ? network : network.through
}

/** The network itself, if it is one. */
export function driverOf(network: NetworkOption | undefined): Driver | undefined {
  return network !== undefined && isDriver(network) ? network : undefined
}

/** The same driver, but for its network. */
export function withNetwork(driver: NetworkDriver, network: Network): NetworkDriver {
  return { network, attach: driver.attach.bind(driver), close: driver.close.bind(driver) }
}

function isDriver(network: NetworkOption): network is Driver {
  return typeof network === 'function' || (typeof network === 'object' && 'network' in network)
}

function isThreaded(network: NetworkOption): network is ThreadedNetwork {
  return 'transport' in network
}
