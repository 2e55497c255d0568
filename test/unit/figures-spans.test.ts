import {
  type Attributes,
  type BatchObservableCallback,
  type Meter,
  metrics,
  type Observable,
  type Span,
  SpanKind,
  type SpanOptions,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { afterEach, describe, expect, test } from 'vitest'
import { openTelemetry } from '../../src/figures/open-telemetry.js'
import { AGAIN } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { at, connected, failing, inTurn, meteredFake } from '../support/figures.js'

/** What a program's tracer would export. */
interface Told extends SpanOptions {
  readonly name: string
  readonly given: Attributes
  status?: unknown
  endTime?: unknown
}

/** Registers providers as an SDK does, and keeps what they are told. */
function collector() {
  const spans: Told[] = []
  const startSpan = (name: string, options: SpanOptions = {}) => {
    const told: Told = { ...options, name, given: { ...options.attributes } }
    const span = {
      setAttributes: (more: Attributes) => Object.assign(told.given, more),
      setStatus: (status: unknown) => Object.assign(told, { status }),
      end(endTime: unknown) {
        spans.push({ ...told, endTime })
      },
    }
    return span as unknown as Span
  }
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) as unknown as Tracer })
  let collect: BatchObservableCallback | undefined
  const instrument = (name: string) => ({ name }) as unknown as Observable
  const meter = {
    createObservableCounter: instrument,
    createObservableGauge: instrument,
    addBatchObservableCallback(callback: BatchObservableCallback) {
      collect = callback
    },
  }
  metrics.setGlobalMeterProvider({ getMeter: () => meter as unknown as Meter })
  const measured = async () => {
    const values: [name: string, value: number, attributes: Attributes][] = []
    const observe = (one: unknown, value: number, attributes: Attributes = {}) =>
      values.push([(one as { name: string }).name, value, attributes])
    await collect?.({ observe } as unknown as Parameters<BatchObservableCallback>[0])
    return values
  }
  return { spans, measured, isMeasuring: () => collect !== undefined }
}
afterEach(() => {
  trace.disable()
  metrics.disable()
})

/** A metered network over a guest's clock that shows 1000 ms when the time is 1,700,000,000,000. */
async function traced(answers: Parameters<typeof meteredFake>[0] = {}, guest?: string) {
  const fake = meteredFake(answers)
  const world = { now: fake.world.now, time: () => 1_700_000_000_000 - 1000 + fake.world.now() }
  const listener = await openTelemetry({ world, ...(guest !== undefined && { guest }) })
  return { ...fake, tell: () => fake.events.splice(0).forEach(listener) }
}

describe('a span', () => {
  test('goes from connect to close, with what is known of the connection', async () => {
    const { spans } = collector()
    const { network, world, tell } = await traced({ localName: () => at('10.0.0.2', 4321) }, 'fetcher')
    const handle = network('open', { family: 'inet', type: 'stream' })
    world.pass(100)
    network('connect', { handle, to: at('192.0.2.1', 80) })
    world.pass(30)
    network('connect', { handle, to: at('192.0.2.1', 80) })
    network('localName', { handle })
    network('send', { handle, data: new Uint8Array(12) })
    world.pass(5000)
    network('close', { handle, abort: false })
    world.pass(60_000) // told late: the times are the event's own
    tell()
    expect(spans).toMatchObject([
      {
        name: 'tcp connect',
        kind: SpanKind.CLIENT,
        startTime: 1_700_000_000_100,
        endTime: 1_700_000_005_130,
        given: {
          'network.transport': 'tcp',
          'network.type': 'ipv4',
          'network.local.address': '10.0.0.2',
          'network.local.port': 4321,
          'network.peer.address': '192.0.2.1',
          'network.peer.port': 80,
          'posix_wasm.guest': 'fetcher',
          'posix_wasm.state': 'connected',
          'posix_wasm.sent_bytes': 12,
          'posix_wasm.received_bytes': 0,
          'posix_wasm.retries': 1,
        },
      },
    ])
    expect(spans[0]?.status).toBeUndefined()
  })

  test('goes from accept to close on the side of a server', async () => {
    const { spans } = collector()
    const { network, world, tell } = await traced({ accept: () => ({ handle: 50, peer: at('192.0.2.9', 5000) }) })
    network('accept', { handle: network('open', { family: 'inet', type: 'stream' }) })
    world.pass(20)
    network('close', { handle: 50, abort: false })
    tell()
    const told = { name: 'tcp accept', kind: SpanKind.SERVER, startTime: 1_700_000_000_000, endTime: 1_700_000_000_020 }
    expect(spans).toMatchObject([{ ...told, given: { 'network.peer.port': 5000 } }])
  })

  test('that came to nothing says why, and is told once', async () => {
    const { spans } = collector()
    const { network, tell } = await traced({ connect: inTurn<true | typeof AGAIN>(AGAIN, 'ECONNREFUSED!') })
    const handle = network('open', { family: 'inet', type: 'stream' })
    network('connect', { handle, to: at('192.0.2.1', 80) })
    expect(() => network('connect', { handle, to: at('192.0.2.1', 80) })).toThrow('ECONNREFUSED')
    network('close', { handle, abort: false })
    tell()
    expect(spans).toMatchObject([
      {
        status: { code: SpanStatusCode.ERROR, message: 'ECONNREFUSED' },
        given: { 'error.type': 'ECONNREFUSED', 'network.peer.address': '192.0.2.1', 'posix_wasm.state': 'failed' },
      },
    ])
  })

  test('of one socket that fails and then connects is two', async () => {
    const { spans } = collector()
    const { network, tell } = await traced({ connect: inTurn<true>('ETIMEDOUT!', true) })
    const handle = network('open', { family: 'inet', type: 'stream' })
    expect(() => network('connect', { handle, to: at('192.0.2.1', 80) })).toThrow('ETIMEDOUT')
    network('connect', { handle, to: at('192.0.2.2', 80) })
    network('close', { handle, abort: false })
    tell()
    expect(spans.map(({ given }) => [given['network.peer.address'], given['error.type']])).toEqual([
      ['192.0.2.1', 'ETIMEDOUT'],
      ['192.0.2.2', undefined],
    ])
  })

  test.each<[string, Address, Attributes]>([
    ['IPv6', { family: 'inet6', host: '2001:db8::1', port: 80, scope: 0 }, { 'network.type': 'ipv6' }],
    ['IPv4 within IPv6', { family: 'inet6', host: '::ffff:192.0.2.1', port: 80, scope: 0 }, { 'network.type': 'ipv4' }],
    [
      'a local socket',
      { family: 'unix', path: '/run/x' },
      { 'network.transport': 'unix', 'network.peer.address': '/run/x' },
    ],
  ])('to %s says so', async (_, to, attributes) => {
    const { spans } = collector()
    const { network, tell } = await traced()
    const handle = network('open', { family: to.family, type: 'stream' })
    network('connect', { handle, to })
    network('close', { handle, abort: false })
    tell()
    expect(spans).toMatchObject([{ given: attributes }])
  })

  test('is not made of what is no connection', async () => {
    const { spans } = collector()
    const { network, tell, events } = await traced({ listen: () => true, connect: () => true })
    const listener = network('open', { family: 'inet', type: 'stream' })
    network('listen', { handle: listener, backlog: 1 })
    const datagrams = network('open', { family: 'inet', type: 'dgram' })
    network('connect', { handle: datagrams, to: at('192.0.2.1', 53) })
    const handles = [listener, datagrams, ...network('pair', { type: 'stream' }), ...network('pipe', {})]
    for (const handle of handles) network('close', { handle, abort: false })
    expect(events).toHaveLength(6)
    tell()
    expect(spans).toEqual([])
  })
})

describe('metrics', () => {
  test('are asked for at each collection', async () => {
    const { measured } = collector()
    const { network, figures } = meteredFake({ getOption: failing('ENOPROTOOPT') })
    await openTelemetry({ guest: 'fetcher', figures: async () => figures() })
    const handle = connected(network)
    network('send', { handle, data: new Uint8Array(9) })
    const ofTcp = { 'posix_wasm.guest': 'fetcher', 'posix_wasm.transport': 'tcp' }
    expect(await measured()).toContainEqual(['posix_wasm.sent_bytes', 9, ofTcp])
    network('send', { handle, data: new Uint8Array(1) })
    const values = await measured()
    expect(values).toContainEqual(['posix_wasm.sent_bytes', 10, ofTcp])
    expect(values).toContainEqual(['posix_wasm.waits', 0, { 'posix_wasm.guest': 'fetcher' }])
  })

  test('are not made without figures', async () => {
    const { isMeasuring } = collector()
    await openTelemetry()
    expect(isMeasuring()).toBe(false)
  })
})
