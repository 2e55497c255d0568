import { OptionError } from '../embedder/option-error.js'
import type { TakenStart } from './check-options.js'
import { driverOf } from './network-option.js'
import type { StartOptions } from './options.js'

/** Returns the options. Throws an `OptionError` for those that cannot be sent to a thread: a guest on this one may have them. */
export function ensureSendable({ network, world, ...options }: TakenStart): StartOptions {
  const unsendable = { 'a network other than rules': driverOf(network), world }
  for (const [name, value] of Object.entries(unsendable))
    if (value !== undefined)
      throw new OptionError(`${name} cannot be sent to the guest's thread; use instantiateWithSockets for it`)
  return { ...options, ...(network && { network: network as NonNullable<StartOptions['network']> }) }
}
