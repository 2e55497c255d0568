import type { Transport } from '../network/transport.js'
import { builtIn } from './built-in.js'
import { lookupFailureFromNode } from './from-node.js'

/** Looks a name up as the host does: hosts file, name servers. */
export const lookUp: Transport['lookUp'] = ({ host, family }, done) => {
  const wanted = family === undefined ? 0 : family === 'inet' ? 4 : 6
  builtIn('node:dns').lookup(host, { all: true, family: wanted, verbatim: true }, (error, found) => {
    if (error) return done({ is: 'failed', reason: lookupFailureFromNode(error) })
    const hosts = found.map(
      ({ address, family }) => ({ host: address, family: family === 6 ? 'inet6' : 'inet' }) as const,
    )
    done({ is: 'found', hosts })
  })
}

/** Looks up what an address is called, as the host does. */
export const lookUpBack: Transport['lookUpBack'] = (host, done) => {
  builtIn('node:dns').lookupService(host, 0, (error, name) => {
    if (error) done({ is: 'failed', reason: lookupFailureFromNode(error) })
    else done({ is: 'named', name })
  })
}
