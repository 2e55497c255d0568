// One side of a doorbell in a thread of its own: the guest queues random ids, as a channel does at most once each; the pump serves them.
import { parentPort, workerData } from 'node:worker_threads'
import { randomFrom } from './random.mjs'

const LIMIT_MS = 20_000
const { bundle, role, count, ids, seed, doorbell, work: workMemory, pace } = workerData
const { Bell, GuestDoorbell, PumpDoorbell } = await import(bundle)
const work = new Int32Array(workMemory, 0, ids) // what the pump has yet to serve of each id
const queued = new Int32Array(workMemory, ids * 4, ids)
const served = new Int32Array(workMemory, ids * 8, 1)
const finished = new Int32Array(workMemory, ids * 8 + 4, 1) // written by the guest

function guest() {
  const door = new GuestDoorbell(doorbell.door)
  const bell = new Bell(doorbell.bell)
  const random = randomFrom(seed)
  let sum = 0
  for (let done = 1; done <= count; done++) {
    const id = random() % ids
    sum = (sum + id) | 0
    Atomics.add(work, id, 1)
    if (Atomics.exchange(queued, id, 1) === 0) door.queue(id)
    if (done % pace === 0) awaitServed(bell, done)
  }
  awaitServed(bell, count)
  const last = door.call()
  const limit = Date.now() + LIMIT_MS
  while (!door.hasAnswered(last)) if (Date.now() > limit) throw new Error('the pump never answered')
  Atomics.store(finished, 0, 1)
  door.call()
  parentPort.postMessage({ sum, served: Atomics.load(served, 0) })
}

function awaitServed(bell, done) {
  const limit = Date.now() + LIMIT_MS
  for (;;) {
    const rings = bell.rings
    if (Atomics.load(served, 0) === done) return
    if (Date.now() > limit) throw new Error(`only ${Atomics.load(served, 0)} of ${done} were served`)
    bell.sleep(rings, LIMIT_MS)
  }
}

function pump() {
  const door = new PumpDoorbell(doorbell, { now: () => performance.now(), lingerMs: 0.2 })
  let sum = 0
  let total = 0
  const keepAlive = setInterval(() => {}, 1000) // a pending Atomics.waitAsync does not
  door.listen(() => {
    const before = total
    for (let id = door.next(); id !== undefined; id = door.next()) {
      Atomics.store(queued, id, 0)
      const times = Atomics.exchange(work, id, 0)
      sum = (sum + Math.imul(times, id)) | 0
      total += times
    }
    if (total > before) {
      Atomics.store(served, 0, total)
      door.ring()
    }
    if (Atomics.load(finished, 0) === 0) return
    clearInterval(keepAlive)
    parentPort.postMessage({ sum, served: total })
  })
}

if (role === 'guest') guest()
else pump()
