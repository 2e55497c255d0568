import { isNumericHost } from '../../posix/address.js'
import { DONE, type Mark, type Resolution } from '../network.js'
import { familyOf, isLoopback, plainHost } from './addresses.js'
import type { VirtualHost } from './host.js'

/** A look-up of a name, which is answered at once. */
export class Lookup {
  readonly is = 'lookup'
  readonly conditions = DONE
  readonly mark: Mark = { receiving: 0, sending: 0 }
  readonly resolution: Resolution

  constructor(resolution: Resolution) {
    this.resolution = resolution
  }
}

const unknown: Resolution = { is: 'failed', reason: 'EAI_NONAME' }

/** The addresses of a name: `localhost` is the host itself. */
export function lookUp(host: VirtualHost, name: string, family: 'inet' | 'inet6' | undefined): Resolution {
  const hosts = addressesOf(host, name.toLowerCase().replace(/\.$/, ''))
    .map((each) => ({ host: each, family: familyOf(each) }))
    .filter((each) => family === undefined || each.family === family)
  return hosts.length > 0 ? { is: 'found', hosts } : unknown
}

/** The name of an address. */
export function lookUpBack(host: VirtualHost, address: string): Resolution {
  const plain = plainHost(address)
  if (isLoopback(plain)) return { is: 'named', name: 'localhost' }
  const found = host.around.hostAt(plain)
  return found === undefined ? unknown : { is: 'named', name: found.name }
}

function addressesOf(host: VirtualHost, name: string): readonly string[] {
  if (isNumericHost(name)) return [plainHost(name)]
  if (name === 'localhost') return ['127.0.0.1', '::1']
  return host.around.hostNamed(name)?.addresses ?? []
}
