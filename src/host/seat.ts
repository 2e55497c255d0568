import { Bell, bellMemory } from '../bridge/doorbell.js'
import { linkEnds } from '../bridge/link.js'
import { type PresenceMemory, presenceMemory, ThreadParty } from '../bridge/presence.js'
import type { Pump } from '../bridge/pump.js'
import { startPumpHere } from '../bridge/pump-here.js'
import type { TlsSettings } from '../bridge/tls-settings.js'
import { machineWorld } from '../machine.js'
import type { ThreadedNetwork } from '../network/transport.js'
import type { GuestTask } from './thread-messages.js'

/** What is asked of a pump for the host's own streams. */
export type HostPump = Pick<Pump, 'stop' | 'stopped' | 'offerFromHost'>

/** A guest's place in a network that exists in this thread. */
export interface Seat {
  readonly links: NonNullable<GuestTask['links']>
  readonly presence: PresenceMemory
  /** Serves the guest, from this thread. */
  readonly pump: HostPump
  /** The network minds the guest no more. */
  leave(): void
}

/** Takes a place for a guest in a thread of its own, whose sockets are pumped here. The network minds it from now on. */
export function seatIn(network: ThreadedNetwork, tls: TlsSettings | undefined): Seat {
  const bell = bellMemory()
  const [forSockets, forStreams] = [linkEnds(bell, { mayBeBusy: true }), linkEnds(bell, { mayBeBusy: true })]
  const sockets = startPumpHere(forSockets.pump, { tls, transport: network.transport })
  const streams = startPumpHere(forStreams.pump, { tls })
  const { name, interfaces, time } = network
  const presence = presenceMemory({ name, interfaces, startsAtMs: time.startsAtMs, seed: time.seed() })
  const party = new ThreadParty(presence, machineWorld(), {
    doors: [forSockets.pump.doorbell, forStreams.pump.doorbell],
    wake: () => new Bell(bell).ring(),
  })
  const leave = time.join(party)
  return {
    links: { bell, helper: forSockets.guest, host: forStreams.guest },
    presence,
    pump: {
      stop() {
        sockets.stop()
        streams.stop()
      },
      stopped: Promise.all([sockets.stopped, streams.stopped]).then(() => {}),
      offerFromHost: (stream, names) => streams.offerFromHost(stream, names),
    },
    leave() {
      party.leave()
      leave()
    },
  }
}
