import type { Network } from '../network/network.js'
import { policy } from '../network/rules/policy.js'
import type { Refusal } from '../network/rules/refusals.js'
import type { NetworkRules } from '../network/rules/rules.js'
import { type Driver, withNetwork } from './network-option.js'
import { machinePaths } from './socket-paths.js'

/**
 * A network that obeys rules from `begin` on: the sockets that a guest is given are opened before that, and are the host's business.
 * Without rules it is the network itself. Where it is not this machine's, its local sockets have nothing to do with files.
 */
export function guarded<D extends Driver>(
  driver: D,
  rules: NetworkRules | undefined,
  { onRefusal, isOnMachine }: { onRefusal: (refusal: Refusal) => void; isOnMachine: boolean },
): { driver: Driver; begin: () => void } {
  if (rules === undefined) return { driver, begin: () => {} }
  const bare: Network = typeof driver === 'function' ? driver : driver.network
  let now = bare
  const network: Network = (name, input) => now(name, input)
  const begin = () => {
    now = policy(bare, rules, { onRefusal, ...(isOnMachine && { paths: machinePaths }) })
  }
  return { driver: typeof driver === 'function' ? network : withNetwork(driver, network), begin }
}
