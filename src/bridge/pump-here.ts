import type { LinkEnd } from './link.js'
import { Pump, type PumpMeans } from './pump.js'
import { PumpDoorbell } from './pump-doorbell.js'

/** A pump in this very thread, for streams of the host's. */
export function startPumpHere({ port, doorbell }: LinkEnd, given: PumpMeans = {}): Pump {
  const pump = new Pump(port, new PumpDoorbell(doorbell, { now: () => 0, lingerMs: 0 }), given)
  port.unref()
  return pump
}
