import { describe, expect, test } from 'vitest'
import type { AppStream } from '../../src/network/virtual/app-stream.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import type { PacketEvent } from '../../src/network/virtual/wire.js'
import { type Blocking, type MaybeBlocking, runBlocking } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (data: Uint8Array) => new TextDecoder().decode(data)
const stream = { family: 'inet', type: 'stream', nonBlocking: false } as const

function scene() {
  const events: PacketEvent[] = []
  const net = virtualNetwork({ seed: 7, trace: (event) => void events.push(event) })
  const [a, b] = [net.host('client', ['10.0.0.1']), net.host('db.internal', ['10.0.0.2'])]
  net.link(a, b, { latencyMs: 5 })
  return { net, a, b, events }
}

const echo = (peer: AppStream) => ({ onData: (data: Uint8Array) => void peer.write(data), onEnd: () => peer.end() })

/** What an app's handlers are told, as text. */
function noting(heard: string[], started: (peer: AppStream) => void = () => {}) {
  return (peer: AppStream) => ({
    onConnect: () => {
      heard.push('connect')
      started(peer)
    },
    onData: (data: Uint8Array) => void heard.push(text(data)),
    onEnd: () => void heard.push('end'),
    onDrain: () => void heard.push('drain'),
    onError: (errno: string) => void heard.push(errno),
  })
}

describe('an app in the network', () => {
  test('serves a guest', () => {
    const { net, a, b } = scene()
    const { port } = b.serve(5432, echo)
    const driver = a.driver()
    const sockets = new Sockets({ network: driver, world: net.world })
    const run = <T>(call: MaybeBlocking<T>) => runBlocking(call, driver.network)
    const fd = sockets.socket(stream)
    run(sockets.connect(fd, { family: 'inet', host: '10.0.0.2', port }))
    run(sockets.send(fd, bytes('select 1'), 0))
    run(sockets.shutdown(fd, 'write'))
    const into = new Uint8Array(100)
    const { length } = run(sockets.receive(fd, into, 0x100))
    expect(text(into.subarray(0, length))).toBe('select 1')
  })

  test('connects by name, and is told what comes of it', () => {
    const { net, a, b } = scene()
    b.serve(5432, echo)
    const heard: string[] = []
    const peer = a.call('db.internal', 5432, noting(heard))
    expect(peer.write(bytes('early'))).toBe(false)
    peer.end()
    net.run()
    expect(heard).toEqual(['connect', 'drain', 'early', 'end'])
    expect(net.nowMs).toBeCloseTo(25, 0)
  })

  test.each([
    ['nobody listens', () => {}, 'ECONNREFUSED'],
    ['there is a partition', ({ net, a, b }: ReturnType<typeof scene>) => net.partition(a, b), 'ETIMEDOUT'],
  ])('is told when %s', (_, prepare, errno) => {
    const all = scene()
    prepare(all)
    const heard: string[] = []
    all.a.call('10.0.0.2', 1, noting(heard))
    all.net.run()
    expect(heard).toEqual([errno])
  })

  test('is told of a reset, and can make one', () => {
    const { net, a, b } = scene()
    const heard: string[] = []
    b.serve(1, (peer) => ({ onData: () => peer.reset(), onEnd: () => void heard.push('an end') }))
    a.call(
      'db.internal',
      1,
      noting(heard, (peer) => void peer.write(bytes('x'))),
    )
    net.run()
    expect(heard).toEqual(['connect', 'ECONNRESET'])
  })

  test('has more than there is room for sent all the same', () => {
    const { net, a, b } = scene()
    let received = 0
    const heard: string[] = []
    b.serve(1, () => ({
      onData: ({ length }: Uint8Array) => {
        received += length
      },
    }))
    a.call(
      'db.internal',
      1,
      noting(heard, (peer) => expect(peer.write(new Uint8Array(3 << 20))).toBe(false)),
    )
    net.run()
    expect([received, heard]).toEqual([3 << 20, ['connect', 'drain']])
  })

  test('stops serving, and the port is free', () => {
    const { net, a, b } = scene()
    b.serve(1, echo).close()
    const heard: string[] = []
    a.call('db.internal', 1, noting(heard))
    net.run()
    expect(heard).toEqual(['ECONNREFUSED'])
    expect(b.serve(1, echo).port).toBe(1)
    expect(() => b.serve(1, echo)).toThrow('EADDRINUSE')
  })

  test('cannot make time pass within an event', () => {
    const { net, a } = scene()
    a.serve(1, () => ({ onData: () => net.advance(1) }))
    a.call('localhost', 1, (peer) => ({ onConnect: () => void peer.write(bytes('x')) }))
    expect(() => net.run()).toThrow('cannot wait for another')
  })
})

describe('programs together', () => {
  const pause = function* (ms: number): Blocking<void> {
    yield { on: [], timeoutMs: ms }
  }

  test('wait at the same time, and answer in the order given', () => {
    const { net, a } = scene()
    const steps = function* (ms: number): Blocking<number> {
      yield* pause(ms)
      return net.nowMs
    }
    const found = net.together([3000, 1000, 2000].map((ms) => ({ driver: a.driver(), steps: steps(ms) })))
    expect(found.map(Math.round)).toEqual([3000, 1000, 2000])
  })

  test('an error in one ends the others', () => {
    const { net, a } = scene()
    let isOver = false
    const patient = function* (): Blocking<void> {
      try {
        yield* pause(60_000)
      } finally {
        isOver = true
      }
    }
    const failing = function* (): Blocking<void> {
      yield* pause(1)
      throw new Error('a bug')
    }
    const programs = [patient(), failing()].map((steps) => ({ driver: a.driver(), steps }))
    expect(() => net.together(programs)).toThrow('a bug')
    expect(isOver).toBe(true)
  })

  test('who all wait for ever are told so', () => {
    const { net, a, b } = scene()
    const programs = [a, b].map((host) => ({ driver: host.driver(), steps: pause(Number.POSITIVE_INFINITY) }))
    expect(() => net.together(programs)).toThrow('client, db.internal waits without a time-out')
  })

  test('chance decides who goes first, by the seed', () => {
    const orderOf = (seed: number) => {
      const net = virtualNetwork({ seed })
      const host = net.host('one', ['10.0.0.1'])
      let order = ''
      const steps = function* (letter: string): Blocking<void> {
        for (let turn = 0; turn < 4; turn++) {
          order += letter
          yield* pause(0)
        }
      }
      net.together(['a', 'b', 'c'].map((letter) => ({ driver: host.driver(), steps: steps(letter) })))
      return order
    }
    expect(orderOf(1)).toBe(orderOf(1))
    expect(new Set([1, 2, 3, 4].map(orderOf)).size).toBeGreaterThan(1)
  })
})

test('the trace tells each packet and its fate', () => {
  const { net, a, b, events } = scene()
  b.serve(5432, echo)
  a.call('db.internal', 5432, (peer) => ({
    onConnect: () => {
      peer.write(bytes('hi'))
      net.partition(a, b)
    },
  }))
  net.advance(1000)
  const told = events.map(({ atMs, from, kind, bytes, fate }) => `${Math.round(atMs)} ${from} ${kind} ${bytes} ${fate}`)
  expect(told).toEqual([
    ...['0 client SYN 0 carried', '5 db.internal SYN-ACK 0 carried', '10 client data 2 carried'],
    ...['10 client ACK 0 cut', '210 client ACK 0 cut', '215 client data 2 cut', '610 client ACK 0 cut'],
    ...['615 client data 2 cut'],
  ])
})
