import type { Address } from '../../posix/address.js'
import type { ConnectionFigures, OperationFigures, SocketFigures, Traffic, TransportFigures } from './figures.js'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Figures while they are being counted. */
export type Counted = Mutable<SocketFigures>
export type CountedTraffic = Mutable<Traffic>
export type CountedOperation = Mutable<OperationFigures>
export type CountedConnections = Mutable<ConnectionFigures>
export type CountedTransport = Mutable<TransportFigures>

export function noTraffic(): CountedTraffic {
  return { bytesSent: 0, bytesReceived: 0, datagramsSent: 0, datagramsReceived: 0 }
}

export function addTraffic(to: CountedTraffic, from: Traffic): void {
  to.bytesSent += from.bytesSent
  to.bytesReceived += from.bytesReceived
  to.datagramsSent += from.datagramsSent
  to.datagramsReceived += from.datagramsReceived
}

/** A socket that has done nothing yet. */
export function newlyCounted(
  about: Pick<SocketFigures, 'handle' | 'origin' | 'family' | 'type' | 'state' | 'openedAt'>,
): Counted {
  return {
    handle: about.handle,
    origin: about.origin,
    family: about.family,
    type: about.type,
    state: about.state,
    readEnded: false,
    writeEnded: false,
    local: undefined,
    peer: undefined,
    openedAt: about.openedAt,
    connectingAt: undefined,
    operations: 0,
    retries: 0,
    errors: 0,
    waits: 0,
    blockedMs: 0,
    ...noTraffic(),
  }
}

/** The address, if it says more than that there is none, or not yet. */
export function namedAddress(address: Address): Address | undefined {
  const isNamed = address.family === 'unix' ? address.path !== '' : address.port !== 0
  return isNamed ? address : undefined
}

/** The address of a connection that a listener has accepted, where it follows from the listener's. */
export function acceptedAt(listener: Address | undefined): Address | undefined {
  const isWildcard = listener === undefined || (listener.family !== 'unix' && wildcards.has(listener.host))
  return isWildcard ? undefined : listener
}

const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::'])
