import type { Duplex } from 'node:stream'
import { claim } from '../embedder/claim.js'
import { unnamed } from '../network/network.js'
import { discard } from './given-streams.js'
import { takeConnection } from './object-options.js'
import type { HostPump } from './seat.js'

/** Streams that were offered to a guest in a thread, by the numbers of their connections. */
export type Attachments = Map<number, { resolve: (fd: number) => void; reject: (error: Error) => void }>

interface AttachDeps {
  readonly ended: Promise<number>
  /** Undefined for a guest that is replayed. */
  readonly pump: HostPump | undefined
  readonly waiting: Attachments
}

/** Offers a stream to the guest; returns its descriptor there. A stream that the guest does not get is destroyed. */
export async function attached(given: Duplex, { ended, pump, waiting }: AttachDeps): Promise<number> {
  const stream = takeConnection(given, 'the stream')
  claim(stream)
  try {
    if (pump === undefined) throw new Error('a guest that is replayed has the connections of its recording')
    const connection = pump.offerFromHost(stream, { local: unnamed, peer: unnamed })
    const descriptor = new Promise<number>((resolve, reject) => waiting.set(connection, { resolve, reject }))
    const early = ended.then(() => Promise.reject(new Error('the guest has ended')))
    return await Promise.race([descriptor, early])
  } catch (error) {
    discard(stream)
    throw error
  }
}
