import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import {
  type Context,
  type ContextManager,
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, test } from 'vitest'
import { openTelemetry } from '../../src/figures/open-telemetry.js'
import { GuestTimeout, instantiateWithSockets, runWithSockets } from '../../src/index.js'
import { AGAIN } from '../../src/network/network.js'
import { guestFile } from '../support/command.js'
import { at, inTurn, meteredFake } from '../support/figures.js'

/* Spans as OpenTelemetry's own SDK makes and exports them. */

/** As the SDK's manager for Node: what is active goes along with what is awaited. */
function alongAwaits(): ContextManager {
  const storage = new AsyncLocalStorage<Context>()
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (inner, call, self, ...args) => storage.run(inner, () => call.apply(self, args)),
    bind: (_, target) => target,
    enable: () => manager,
    disable: () => manager,
  }
  return manager
}

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  trace.disable()
  context.disable()
})

function sdk() {
  const exporter = new InMemorySpanExporter()
  const counted = { started: 0, ended: 0 }
  const counter: SpanProcessor = {
    onStart: () => void counted.started++,
    onEnd: () => void counted.ended++,
    forceFlush: async () => {},
    shutdown: async () => {},
  }
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), counter] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(alongAwaits())
  const tracer = provider.getTracer('the app')
  const ofGuest = () => exporter.getFinishedSpans().filter(({ name }) => name !== 'a request')
  return { exporter, counted, tracer, ofGuest }
}

/** A metered network over a guest's clock that shows 1000 ms when the time is 1,700,000,000,000. */
async function traced(answers: Parameters<typeof meteredFake>[0] = {}, guest?: string) {
  const fake = meteredFake(answers)
  const world = { now: fake.world.now, time: () => 1_700_000_000_000 - 1000 + fake.world.now() }
  const listener = await openTelemetry({ world, ...(guest !== undefined && { guest }) })
  return { ...fake, tell: () => fake.events.splice(0).forEach(listener) }
}

const to = at('192.0.2.1', 80)
const msOf = ([seconds, nanoseconds]: ReadableSpan['startTime']) => seconds * 1000 + nanoseconds / 1e6

describe('the SDK is told', () => {
  test('of a connection by the semantic conventions', async () => {
    const { ofGuest } = sdk()
    const { network, world, tell } = await traced({ localName: () => at('10.0.0.2', 4321) }, 'fetcher')
    const handle = network('open', { family: 'inet', type: 'stream' })
    world.pass(100)
    network('connect', { handle, to })
    network('connect', { handle, to })
    network('localName', { handle })
    world.pass(5000)
    network('close', { handle, abort: false })
    tell()
    const [span] = ofGuest() as [ReadableSpan]
    expect([span.name, span.kind, span.status, span.ended]).toEqual([
      'tcp connect',
      SpanKind.CLIENT,
      { code: SpanStatusCode.UNSET },
      true,
    ])
    expect([msOf(span.startTime), msOf(span.endTime), msOf(span.duration)]).toEqual([
      1_700_000_000_100, 1_700_000_005_100, 5000,
    ])
    expect(span.instrumentationScope.name).toBe('posix-wasm')
    expect(span.attributes).toEqual({
      'network.transport': 'tcp',
      'network.type': 'ipv4',
      'network.local.address': '10.0.0.2',
      'network.local.port': 4321,
      'network.peer.address': '192.0.2.1',
      'network.peer.port': 80,
      'server.address': '192.0.2.1',
      'server.port': 80,
      'posix_wasm.guest': 'fetcher',
      'posix_wasm.state': 'connected',
      'posix_wasm.sent_bytes': 0,
      'posix_wasm.received_bytes': 0,
      'posix_wasm.retries': 1,
      'posix_wasm.waits': 0,
      'posix_wasm.blocked_seconds': 0,
    })
  })

  test('of a connection that is accepted: who serves and who asks', async () => {
    const { ofGuest } = sdk()
    const accept = () => ({ handle: 50, peer: at('192.0.2.9', 5000) })
    const { network, tell } = await traced({ accept, bind: () => true, listen: () => true })
    const handle = network('open', { family: 'inet', type: 'stream' })
    network('bind', { handle, to: at('10.0.0.2', 8080) })
    network('accept', { handle })
    network('close', { handle: 50, abort: false })
    tell()
    expect(ofGuest()).toMatchObject([
      {
        name: 'tcp accept',
        kind: SpanKind.SERVER,
        attributes: {
          'server.address': '10.0.0.2',
          'server.port': 8080,
          'client.address': '192.0.2.9',
          'client.port': 5000,
        },
      },
    ])
  })

  test('of a local socket by its path', async () => {
    const { ofGuest } = sdk()
    const { network, tell } = await traced({ connect: () => true })
    const handle = network('open', { family: 'unix', type: 'stream' })
    network('connect', { handle, to: { family: 'unix', path: '/run/x' } })
    network('close', { handle, abort: false })
    tell()
    const [span] = ofGuest() as [ReadableSpan]
    expect(span.attributes).toMatchObject({ 'network.transport': 'unix', 'server.address': '/run/x' })
    expect(span.attributes['server.port']).toBeUndefined()
  })

  test('of a failure, once', async () => {
    const { ofGuest, counted } = sdk()
    const { network, tell } = await traced({ connect: inTurn<true | typeof AGAIN>(AGAIN, 'ECONNREFUSED!') })
    const handle = network('open', { family: 'inet', type: 'stream' })
    network('connect', { handle, to })
    expect(() => network('connect', { handle, to })).toThrow('ECONNREFUSED')
    network('close', { handle, abort: true })
    tell()
    expect(ofGuest()).toMatchObject([
      { status: { code: SpanStatusCode.ERROR, message: 'ECONNREFUSED' }, attributes: { 'error.type': 'ECONNREFUSED' } },
    ])
    expect(counted).toEqual({ started: 1, ended: 1 })
  })

  test('of a connection that is reset, once', async () => {
    const { counted, ofGuest } = sdk()
    const { network, tell } = await traced({ connect: () => true })
    const handle = network('open', { family: 'inet', type: 'stream' })
    network('connect', { handle, to })
    network('close', { handle, abort: true })
    tell()
    tell()
    expect(counted).toEqual({ started: 1, ended: 1 })
    expect(ofGuest()[0]?.status.code).toBe(SpanStatusCode.UNSET)
  })
})

describe('the parent', () => {
  const connectOnce = ({ network, tell }: Awaited<ReturnType<typeof traced>>) => {
    const handle = network('open', { family: 'inet', type: 'stream' })
    network('connect', { handle, to })
    network('close', { handle, abort: false })
    tell()
  }

  test('is what was active when the listener was made, however late it is told', async () => {
    const { tracer, ofGuest } = sdk()
    const request = tracer.startSpan('a request')
    const within = trace.setSpan(context.active(), request)
    const guest = await context.with(within, () => traced({ connect: () => true }))
    request.end()
    connectOnce(guest)
    const [span] = ofGuest() as [ReadableSpan]
    expect(span.spanContext().traceId).toBe(request.spanContext().traceId)
    expect(span.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
  })

  test('can be given', async () => {
    const { tracer, ofGuest } = sdk()
    const request = tracer.startSpan('a request')
    const fake = meteredFake({ connect: () => true })
    const listener = await openTelemetry({ context: trace.setSpan(ROOT_CONTEXT, request) })
    connectOnce({ ...fake, tell: () => fake.events.splice(0).forEach(listener) })
    expect(ofGuest()[0]?.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
  })

  test('is none where nothing is active', async () => {
    const { ofGuest } = sdk()
    connectOnce(await traced({ connect: () => true }))
    expect(ofGuest()[0]?.parentSpanContext).toBeUndefined()
  })
})

describe('a guest that is stopped while it is connected', () => {
  /** A server that answers nobody. */
  async function silent() {
    const open = new Set<net.Socket>()
    const server = net.createServer((socket) => open.add(socket.on('error', () => {})))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    closing.push(() => {
      for (const socket of open) socket.destroy()
      server.close()
    })
    return { server, port: String((server.address() as AddressInfo).port) }
  }
  const client = guestFile('http_client')

  test('on the calling thread has its span ended once', async () => {
    const { ofGuest, counted } = sdk()
    const { port } = await silent()
    const { start } = await instantiateWithSockets(client, {
      ...{ args: ['127.0.0.1', port, '/'], stdout: 'ignore', stderr: 'ignore', timeoutMs: 300 },
      onSocketEvent: await openTelemetry(),
    })
    await expect(start()).rejects.toThrow(GuestTimeout)
    expect(ofGuest()).toMatchObject([{ attributes: { 'server.address': '127.0.0.1', 'server.port': Number(port) } }])
    expect(counted).toEqual({ started: 1, ended: 1 })
  })

  test('in a thread of its own leaves no span that is not ended', async () => {
    const { counted } = sdk()
    const { server, port } = await silent()
    const stop = new AbortController()
    server.once('connection', () => stop.abort(new Error('enough')))
    const run = runWithSockets(client, {
      ...{ args: ['127.0.0.1', port, '/'], stdout: 'ignore', stderr: 'ignore', signal: stop.signal },
      onSocketEvent: await openTelemetry(),
    })
    await expect(run).rejects.toThrow('enough')
    expect(counted.started).toBe(counted.ended)
  })
})
