import dns from 'node:dns'
import { lookupFailureFromNode } from './from-node.js'
import type { Command } from './messages.js'
import type { PumpSide } from './pump.js'

/** Looks a name up as the host does (hosts file, name servers), and reports what was found. */
export function lookUp({ id, host, family }: Extract<Command, { do: 'resolve' }>, pump: PumpSide): void {
  const wanted = family === undefined ? 0 : family === 'inet' ? 4 : 6
  dns.lookup(host, { all: true, family: wanted, verbatim: true }, (error, found) => {
    if (error) {
      const resolution = { is: 'failed', reason: lookupFailureFromNode(error) } as const
      return pump.report({ is: 'resolved', id, resolution })
    }
    const hosts = found.map(
      ({ address, family }) => ({ host: address, family: family === 6 ? 'inet6' : 'inet' }) as const,
    )
    pump.report({ is: 'resolved', id, resolution: { is: 'found', hosts } })
  })
}

/** Looks up what an address is called, as the host does. */
export function lookUpBack({ id, host }: Extract<Command, { do: 'resolveBack' }>, pump: PumpSide): void {
  dns.lookupService(host, 0, (error, name) => {
    const resolution = error
      ? ({ is: 'failed', reason: lookupFailureFromNode(error) } as const)
      : ({ is: 'named', name } as const)
    pump.report({ is: 'resolved', id, resolution })
  })
}
