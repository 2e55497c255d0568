// One side of many channels in a thread of its own: the pump puts bytes into random ones and tells of them; the guest sleeps until there is
// news, and looks only at those of which there is. Now and then it wants nothing of one for a moment.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { randomFrom } from './random.mjs'

const LIMIT_MS = 10_000
const POLLIN = 1
const { bundle, role, count, ids, seed, doorbell, memory, consumed: consumedMemory, pace, gathers } = workerData
const { Bell, CHANNEL_BYTES, GuestChannel, GuestDoorbell, PumpChannel, PumpDoorbell } = await import(bundle)
const consumed = new Int32Array(consumedMemory) // written by the guest
const channelsOf = (make) => Array.from({ length: ids }, (_, id) => make(id))
const random = randomFrom(seed)

function guest() {
  const door = new GuestDoorbell(doorbell.door)
  const bell = new Bell(doorbell.bell)
  const channels = channelsOf((id) => new GuestChannel(memory, id * CHANNEL_BYTES))
  for (const channel of channels) channel.want(POLLIN)
  door.waitsForMany = gathers
  Atomics.store(consumed, 1, 1)
  Atomics.notify(consumed, 1)
  const into = new Uint8Array(4096)
  let [sum, total, sleeps] = [0, 0, 0]
  const look = (id) => {
    for (let length = 1; length > 0; ) {
      length = channels[id].received.read(into)
      for (let at = 0; at < length; at++) sum = (sum + into[at] * (id + 1)) | 0
      total += length
    }
  }
  while (total < count) {
    const rings = bell.rings
    const before = total
    for (let id = door.nextNews(); id !== undefined; id = door.nextNews()) {
      channels[id].unmarkNews()
      look(id)
    }
    const fickle = random() % ids
    channels[fickle].want(0)
    channels[fickle].want(POLLIN)
    look(fickle)
    if (total > before) {
      Atomics.store(consumed, 0, total)
      Atomics.notify(consumed, 0)
      continue
    }
    sleeps++
    const since = performance.now()
    bell.sleep(rings, LIMIT_MS)
    if (performance.now() - since >= LIMIT_MS) throw new Error(`nobody told of ${count - total} bytes`)
  }
  parentPort.postMessage({ sum, sleeps })
}

async function pump() {
  Atomics.wait(consumed, 1, 0) // until the channels are there
  const door = new PumpDoorbell(doorbell, { now: () => 0, lingerMs: 0, gathers })
  const channels = channelsOf((id) => new PumpChannel(memory, id * CHANNEL_BYTES, () => door.ringFor(id)))
  let sum = 0
  for (let done = 1; done <= count; done++) {
    const id = random() % ids
    const byte = random() & 0xff
    channels[id].received.write(Uint8Array.of(byte))
    channels[id].tell(POLLIN)
    sum = (sum + byte * (id + 1)) | 0
    if (done % pace !== 0) continue
    if (gathers) await nextTurn()
    for (let read = 0; read < done; read = Atomics.load(consumed, 0))
      if (Atomics.wait(consumed, 0, read, LIMIT_MS) === 'timed-out')
        throw new Error(`only ${read} of ${done} were read`)
  }
  parentPort.postMessage({ sum })
}

if (role === 'guest') guest()
else await pump()
