import fs from 'node:fs'
import path from 'node:path'
import type { Network, NetworkDriver } from '../network/network.js'
import { policy } from '../network/rules/policy.js'
import type { Refusal } from '../network/rules/refusals.js'
import { type NetworkRules, parseRules, RuleError } from '../network/rules/rules.js'
import type { ThreadedNetwork } from '../network/transport.js'
import { OptionError } from './errors.js'

type Driver = Network | NetworkDriver

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

/** Throws an `OptionError` for rules that cannot be understood. */
export function checkRules(network: NetworkOption | undefined): void {
  try {
    parseRules(rulesOf(network) ?? {})
  } catch (error) {
    throw error instanceof RuleError ? new OptionError(error.message, { cause: error }) : error
  }
}

/**
 * A network that obeys rules from `begin` on: the sockets that a guest is given are opened before that, and are the host's business.
 * Without rules it is the network itself.
 */
export function guarded<D extends Driver>(
  driver: D,
  rules: NetworkRules | undefined,
  onRefusal: (refusal: Refusal) => void,
): { driver: Driver; begin: () => void } {
  if (rules === undefined) return { driver, begin: () => {} }
  const bare: Network = typeof driver === 'function' ? driver : driver.network
  let now = bare
  const network: Network = (name, input) => now(name, input)
  const begin = () => {
    now = policy(bare, rules, { onRefusal, realPath })
  }
  return { driver: typeof driver === 'function' ? network : withNetwork(driver, network), begin }
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

/** Where a path leads, of a file that is not there yet too. */
function realPath(file: string): string {
  const whole = path.resolve(file)
  try {
    return fs.realpathSync(whole)
  } catch {
    const folder = path.dirname(whole)
    return folder === whole ? whole : path.join(realPath(folder), path.basename(whole))
  }
}
