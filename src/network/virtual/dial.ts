import type { Place } from './addresses.js'
import type { Connection } from './connection.js'
import type { Listener, VirtualHost } from './host.js'
import { connecting } from './wire.js'

/** Whom a client calls. */
export interface Dialled {
  readonly from: VirtualHost
  readonly to: VirtualHost
  readonly local: Place
  readonly remote: Place
  /** Asked when the call has come. */
  readonly listener: () => Listener | undefined
}

/** Sends a client's SYN; the connection tells what comes of it. */
export function dial(client: Connection, { from, to, local, remote, listener }: Dialled): void {
  const { wire } = from.around
  const giveUp = () => client.fail('ETIMEDOUT')
  const isMoot = () => client.isOver
  const refuse = () => {
    const arrive = () => {
      client.fail('ECONNREFUSED')
      return true
    }
    wire.post({ from: to, to: from, kind: 'RST', bytes: 0 }, { retries: connecting, arrive, giveUp, isMoot })
  }
  const arrive = () => {
    const found = listener()
    if (found !== undefined) return isMoot() || found({ client, from: local, to: remote }) !== undefined
    refuse()
    return true
  }
  wire.post({ from, to, kind: 'SYN', bytes: 0 }, { retries: connecting, arrive, giveUp, isMoot })
}
