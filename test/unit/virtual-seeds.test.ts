import { expect, test } from 'vitest'
import { type VirtualNetwork, virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import type { PacketEvent } from '../../src/network/virtual/wire.js'
import { SysError } from '../../src/posix/errno.js'
import { type Blocking, whole } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

const RUNS = 10_000
/** Each tenth seed is run twice. */
const AGAIN_EACH = 10
const PORT = 4000
const PATIENCE_MS = 10 * 60_000
const HEADER = 8
const tries = 20
/** What the network may do to a connection; anything else is a bug. */
const weather = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNREFUSED'])

/** FNV-1a, over bytes or numbers. */
function hash(values: Iterable<number>, from = 0x811c9dc5): number {
  let sum = from
  for (const value of values) sum = Math.imul(sum ^ value, 0x01000193)
  return sum >>> 0
}

/** A frame: length, checksum, and the bytes. */
function frame(body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + body.length)
  new DataView(bytes.buffer).setUint32(0, body.length)
  new DataView(bytes.buffer).setUint32(4, hash(body))
  bytes.set(body, HEADER)
  return bytes
}

/** All that was asked for, or less where the stream ends before. */
function* receiveAll(sockets: Sockets, fd: number, length: number): Blocking<Uint8Array> {
  const into = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { length: count } = yield* whole(sockets.receive(fd, into.subarray(done), 0))
    if (count === 0) break
    done += count
  }
  return into.subarray(0, done)
}

/** The next frame; undefined at the end of the stream, which may be within one where its sender was reset. */
function* receiveFrame(sockets: Sockets, fd: number): Blocking<Uint8Array | undefined> {
  const header = yield* receiveAll(sockets, fd, HEADER)
  if (header.length < HEADER) return undefined
  const view = new DataView(header.buffer)
  const body = yield* receiveAll(sockets, fd, view.getUint32(0))
  if (body.length < view.getUint32(0)) return undefined
  if (hash(body) !== view.getUint32(4)) throw new Error('a wrong byte')
  return body
}

/** Runs a part over one connection; answers undefined where the network broke that. */
function* overWeather<T>(sockets: Sockets, fd: number, part: Blocking<T>): Blocking<T | undefined> {
  try {
    return yield* part
  } catch (error) {
    if (error instanceof SysError && weather.has(error.errno)) return undefined
    throw error
  } finally {
    yield* whole(sockets.close(fd))
  }
}

/** Answers each frame with its bytes turned over, until nobody has called for a long time. */
function* server(sockets: Sockets): Blocking<string> {
  const listener = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
  yield* sockets.bind(listener, { family: 'inet', host: '0.0.0.0', port: PORT })
  yield* sockets.listen(listener, 4)
  for (let served = 0; ; served++) {
    const found = yield* sockets.poll([{ fd: listener, events: 1 }], PATIENCE_MS)
    if (found[0] === 0) return `served ${served}`
    const { fd } = yield* whole(sockets.accept(listener, { nonBlocking: false }))
    yield* overWeather(sockets, fd, serve(sockets, fd))
  }
}

function* serve(sockets: Sockets, fd: number): Blocking<void> {
  for (;;) {
    const [ready] = yield* sockets.poll([{ fd, events: 1 }], PATIENCE_MS)
    const body = ready === 0 ? undefined : yield* receiveFrame(sockets, fd)
    if (body === undefined) return
    yield* whole(sockets.send(fd, frame(body.map((byte) => byte ^ 0xff)), 0))
  }
}

/** Has all its messages answered, with a new connection where one breaks. */
function* client(sockets: Sockets, messages: readonly Uint8Array[]): Blocking<string> {
  let answered = 0
  const ask = function* (fd: number): Blocking<void> {
    yield* sockets.connect(fd, { family: 'inet', host: '10.0.0.2', port: PORT })
    while (answered < messages.length) {
      const message = messages[answered] as Uint8Array
      yield* whole(sockets.send(fd, frame(message), 0))
      const answer = yield* receiveFrame(sockets, fd)
      if (answer === undefined) return
      if (hash(answer.map((byte) => byte ^ 0xff)) !== hash(message)) throw new Error('an answer to something else')
      answered++
    }
  }
  for (let attempt = 0; attempt < tries && answered < messages.length; attempt++) {
    const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    yield* overWeather(sockets, fd, ask(fd))
  }
  return `answered ${answered} of ${messages.length}`
}

/** Cuts the link for a while, now and then. */
function* storms(net: VirtualNetwork, cut: (isCut: boolean) => void, times: readonly number[]): Blocking<string> {
  for (const [index, timeoutMs] of times.entries()) {
    yield { on: [], timeoutMs }
    cut(index % 2 === 0)
  }
  return `${net.nowMs}`
}

/** One run: what came of it, and a sum over every packet that was sent. */
function run(seed: number) {
  let sum = 0
  const fates = { carried: 0, lost: 0, cut: 0, reset: 0, duplicated: 0 }
  const trace = ({ atMs, kind, bytes, fate }: PacketEvent) => {
    fates[fate]++
    sum = hash([Math.round(atMs * 1000), kind.length, bytes, fate.length, fate.charCodeAt(0)], sum)
  }
  const net = virtualNetwork({ seed, trace })
  const draw = new Uint8Array(16)
  net.world.random(draw)
  const at = (index: number) => draw[index] as number
  const [near, far] = [net.host('near', ['10.0.0.1']), net.host('far', ['10.0.0.2'])]
  net.link(near, far, {
    ...{ latencyMs: at(0) / 4, jitterMs: at(1) / 8, loss: at(2) / 1024, reset: at(3) / 8192 },
    bytesPerSecond: 10_000 + at(4) * 10_000,
  })
  const messages = Array.from({ length: 1 + (at(5) % 4) }, (_, index) => {
    const message = new Uint8Array(1 + at(6 + index) * (at(10) % 48))
    net.world.random(message)
    return message
  })
  const cut = (isCut: boolean) => (isCut ? net.partition(near, far) : net.heal(near, far))
  const times = at(11) % 4 === 0 ? [at(12) * 4, at(13) * 100, at(14) * 10, at(15) * 1000] : []
  const drivers = [near.driver(), far.driver(), far.driver()] as const
  const [one, two] = drivers.slice(0, 2).map((network) => new Sockets({ network, world: net.world })) as [
    Sockets,
    Sockets,
  ]
  const results = net.together([
    { driver: drivers[0], steps: client(one, messages) },
    { driver: drivers[1], steps: server(two) },
    { driver: drivers[2], steps: storms(net, cut, times) },
  ])
  return { results, fates, sum, nowMs: net.nowMs }
}

/** A run, and for some seeds another one that must be the same; an error names the seed. */
function checked(seed: number) {
  try {
    const first = run(seed)
    if (seed % AGAIN_EACH === 0) expect(run(seed)).toEqual(first)
    return first
  } catch (cause) {
    throw new Error(`seed ${seed} fails: ${(cause as Error).message}`, { cause })
  }
}

test(`${RUNS} seeds of a client and a server under loss, resets and partitions: no hang, no wrong byte`, () => {
  const total = { complete: 0, lost: 0, reset: 0, cut: 0 }
  for (let seed = 1; seed <= RUNS; seed++) {
    const { results, fates } = checked(seed)
    for (const fate of ['lost', 'reset', 'cut'] as const) total[fate] += fates[fate]
    if (/^answered (\d+) of \1$/.test(results[0] as string)) total.complete++
  }
  expect(total.complete).toBeGreaterThan(RUNS * 0.99)
  expect(Math.min(total.lost, total.reset, total.cut)).toBeGreaterThan(RUNS / 10) // there was weather
})

test.each([1, 77, 4242, 9_007_199_254])('seed %i is the same run each time', (seed) => {
  expect(run(seed)).toEqual(run(seed))
})

test('another seed is another run', () => {
  expect(new Set([1, 2, 3, 4, 5].map((seed) => run(seed).sum)).size).toBe(5)
})
