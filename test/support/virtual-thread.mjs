// A network in memory in a thread of its own, with one host, for a guest in another thread.
import { workerData } from 'node:worker_threads'

const { bundle, end, presence, link } = workerData
const { Bell, Pump, PumpDoorbell, ThreadParty, machineWorld, virtualNetwork } = await import(bundle)
const net = virtualNetwork({ seed: 7 })
const here = net.host('here', ['10.0.0.1', 'fd00::1'])
net.link(here, here, link)
const { port, doorbell } = end
new Pump(port, new PumpDoorbell(doorbell, { now: () => 0, lingerMs: 0 }), { transport: here.transport })
here.time.join(
  new ThreadParty(presence, machineWorld(), { doors: [doorbell], wake: () => new Bell(doorbell.bell).ring() }),
)
