import { checkTls } from '../bridge/tls-settings.js'
import { OptionError } from './errors.js'
import { driverOf, type NetworkOption } from './network-option.js'
import type { GuestOptions } from './options.js'

/** Throws an `OptionError` for certificates that cannot be used, or for a network that has TLS of its own. */
export function checkTlsOption({ tls, network }: Pick<GuestOptions, 'tls'> & { network?: NetworkOption }): void {
  if (tls === undefined) return
  if (driverOf(network) !== undefined)
    throw new OptionError('tls is for the network of this machine; one that is given as network has its own')
  try {
    checkTls(tls)
  } catch (error) {
    throw new OptionError(`tls: ${(error as Error).message}`, { cause: error })
  }
}
