import { guardFor } from '../network/guard.js'
import type { Resolution } from '../network/network.js'
import type { Transport } from '../network/transport.js'
import { builtIn } from './built-in.js'
import { lookupFailureFromNode } from './from-node.js'

/** Looks a name up as the host does: hosts file, name servers. */
export const lookUp: Transport['lookUp'] = ({ host, family }, done) => {
  const wanted = family === undefined ? 0 : family === 'inet' ? 4 : 6
  const told = guardFor((error) => done(failure(error)))((error: Error | null, found: readonly Found[]) => {
    if (error) return done(failure(error))
    const hosts = found.map(
      ({ address, family }) => ({ host: address, family: family === 6 ? 'inet6' : 'inet' }) as const,
    )
    done({ is: 'found', hosts })
  })
  builtIn('node:dns').lookup(host, { all: true, family: wanted, verbatim: true }, told)
}

/** Looks up what an address is called, as the host does. */
export const lookUpBack: Transport['lookUpBack'] = (host, done) => {
  const told = guardFor((error) => done(failure(error)))((error: Error | null, name: string) =>
    done(error ? failure(error) : { is: 'named', name }),
  )
  builtIn('node:dns').lookupService(host, 0, told)
}

interface Found {
  readonly address: string
  readonly family: number
}

function failure(error: unknown): Resolution {
  return { is: 'failed', reason: lookupFailureFromNode(error) }
}
