// One end of a ring in a thread of its own: messages of random lengths, each behind its length, with sleeping on both sides.
import { parentPort, workerData } from 'node:worker_threads'
import { addTo, randomFrom } from './random.mjs'

const WAKES = { consumer: 0, producer: 1 }
const LIMIT_MS = 20_000
const { bundle, role, count, most, seed, memory, wordsAt, bytesAt, size } = workerData
const { RING_WORDS, RingConsumer, RingProducer } = await import(bundle)
const bell = new Int32Array(memory, 0, 2)
const words = new Int32Array(memory, wordsAt, RING_WORDS)
const ring = new (role === 'produce' ? RingProducer : RingConsumer)(words, new Uint8Array(memory, bytesAt, size))

function wake(side) {
  Atomics.add(bell, WAKES[side], 1)
  Atomics.notify(bell, WAKES[side])
}

let sleeps = 0
function sleep(side, rings) {
  sleeps++
  if (Atomics.wait(bell, WAKES[side], rings, LIMIT_MS) === 'timed-out') throw new Error(`the ${side} was never woken`)
}

function put(data) {
  for (let rest = data; rest.length > 0; ) {
    rest = rest.subarray(ring.write(rest))
    if (ring.consumerStarved) wake('consumer')
    const rings = Atomics.load(bell, WAKES.producer)
    if (rest.length > 0 && ring.stall(1)) sleep('producer', rings)
    ring.unstall()
  }
}

function take(into) {
  for (let at = 0; at < into.length; ) {
    const got = ring.read(into.subarray(at))
    at += got
    if (ring.producerStalled) wake('producer')
    if (got > 0) continue
    const rings = Atomics.load(bell, WAKES.consumer)
    if (ring.starve()) sleep('consumer', rings)
    ring.feed()
  }
  return into
}

let sum = 0
const random = randomFrom(seed)
const message = new Uint8Array(2 + most)
for (let index = 0; index < count; index++) {
  if (role === 'produce') {
    const length = random() % (most + 1)
    message[0] = length & 0xff
    message[1] = length >> 8
    for (let at = 0; at < length; at++) message[2 + at] = index + at * 7
    const whole = message.subarray(0, 2 + length)
    sum = addTo(sum, whole)
    put(whole)
  } else {
    const head = take(message.subarray(0, 2))
    const length = head[0] | (head[1] << 8)
    take(message.subarray(2, 2 + length))
    sum = addTo(sum, message.subarray(0, 2 + length))
  }
}
parentPort.postMessage({ sum, used: ring.used, sleeps })
