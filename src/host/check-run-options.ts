import { checkOptions } from './check-options.js'
import { OptionError } from './errors.js'
import { driverOf } from './network-option.js'
import type { InstantiateOptions, StartOptions } from './options.js'

/** Throws an `OptionError` for options that cannot be, or not together. */
export function checkRunOptions(options: StartOptions): void {
  checkOptions(options)
  if (options.imports !== undefined && !(options.imports instanceof URL))
    throw new OptionError(
      'imports must be the URL of a module that exports them; instantiateWithSockets takes functions',
    )
}

/** Throws an `OptionError` for what cannot be sent to a guest's thread. One that is suspended on this thread may have it. */
export function ensureSendable(options: StartOptions): void {
  const { network, world } = options as Pick<InstantiateOptions, 'network' | 'world'>
  const unsendable = { 'a network other than rules': driverOf(network), world }
  for (const [name, value] of Object.entries(unsendable))
    if (value !== undefined)
      throw new OptionError(`${name} cannot be sent to the guest's thread; use instantiateWithSockets for it`)
}
