import { fields } from '../embedder/fields.js'
import { flag, has, isRecord, list, shape, type Take, text, unfit } from '../embedder/take.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { type NetworkRules, parseRules, RuleError } from '../network/rules/rules.js'
import type { ThreadedNetwork } from '../network/transport.js'
import { OptionError } from './errors.js'

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
  return through !== undefined && Object.values(rules).every((each) => each === undefined) ? undefined : rules
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

const MUST = 'rules, { allow, deny }, or a network'

/** Takes rules as a copy and networks by reference. Whatever is neither is refused: no value by mistake means "no rules". */
export const takeNetwork: Take<NetworkOption> = (value, name) => {
  if (typeof value === 'function') return value as Network
  if (Array.isArray(value)) throw unfit(name, MUST, value, 'a list of rules is written { allow: [...] }')
  if (typeof value !== 'object' || value === null) throw unfit(name, MUST, value)
  if ('network' in value) return takeDriver(value, name)
  if ('transport' in value) return takeThreaded(value, name)
  if (!isRecord(value)) throw unfit(name, MUST, value)
  return takeRules(value, name)
}

const takeDriver: Take<NetworkDriver> = shape(
  'a driver with the functions network, attach and close',
  (value) => has(value, ['network', 'attach', 'close']),
  'a network alone is given as the function itself',
)

const takeThreaded: Take<ThreadedNetwork> = shape('a host of a virtual network', (value) => {
  const { name, transport, time } = value as Partial<ThreadedNetwork>
  return typeof name === 'string' && has(value, ['driver']) && has(transport, ['bind', 'dial']) && has(time, ['join'])
})

/** Throws an `OptionError` for rules that cannot be understood. */
function takeRules(value: object, name: string): GivenRules {
  const rows = { allow: list('rules', text), deny: list('rules', text), learn: flag, through: takeThreaded }
  const rules: GivenRules = fields<GivenRules>(rows, 'field of network')(value, name)
  try {
    parseRules({ allow: rules.allow, deny: rules.deny })
  } catch (error) {
    throw error instanceof RuleError ? new OptionError(error.message, { cause: error }) : error
  }
  return rules
}
