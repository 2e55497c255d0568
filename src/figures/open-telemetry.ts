import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api'
import { machineWorld } from '../machine.js'
import type { Figures, SocketEvent } from '../network/figures/figures.js'
import type { World } from '../posix/world.js'
import { connectionOf } from './connection.js'
import { orMissing } from './packages.js'
import { series } from './series.js'

/** Who tells, as OpenTelemetry names it. */
const SCOPE = 'posix-wasm'

/** A `Context` of @opentelemetry/api, which nobody needs to have for our types. */
export interface TracingContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): TracingContext
  deleteValue(key: symbol): TracingContext
}

export interface OpenTelemetryOptions {
  /** The guest's name, attribute `posix_wasm.guest` of all that is told. */
  readonly guest?: string
  /** Asked at each collection of metrics; without it there are only spans. */
  readonly figures?: () => Figures | Promise<Figures>
  /** What the guest runs for: its spans are children of the span therein. Default: the context that is active now. */
  readonly context?: TracingContext
  /** The clocks by which the guest's events have their times. Default: the machine's. */
  readonly world?: Pick<World, 'now' | 'time'>
}

/**
 * Answers a listener for `onEvent` that makes each connection a span, from connect or accept to its end. It tells the providers that
 * the program has registered with @opentelemetry/api; a `MissingPackage` says so where that is not installed.
 */
export async function openTelemetry(options: OpenTelemetryOptions = {}): Promise<(event: SocketEvent) => void> {
  const api = await import('@opentelemetry/api').catch(orMissing('@opentelemetry/api', 'openTelemetry'))
  const { guest, figures, context = api.context.active(), world = machineWorld() } = options
  const own: Attributes = guest === undefined ? {} : { 'posix_wasm.guest': guest }
  if (figures !== undefined) observe(api.metrics.getMeter(SCOPE), figures, own)
  const tracer = api.trace.getTracer(SCOPE)
  return (event) => {
    const connection = connectionOf(event)
    if (connection === undefined) return
    const epochMs = world.time() - world.now()
    const attributes = { ...connection.attributes, ...own }
    const kind = connection.isServer ? api.SpanKind.SERVER : api.SpanKind.CLIENT
    const startTime = connection.beganAt + epochMs
    const span = tracer.startSpan(connection.name, { kind, attributes, startTime }, context)
    if (connection.errno !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: connection.errno })
    span.end(event.at + epochMs)
  }
}

/** All series at once, so that they are of one moment. */
function observe(meter: Meter, figures: () => Figures | Promise<Figures>, own: Attributes): void {
  const instruments = series.map(({ name, kind, unit, help }) => {
    const options = { description: help, unit }
    return kind === 'counter'
      ? meter.createObservableCounter(`posix_wasm.${name}`, options)
      : meter.createObservableGauge(`posix_wasm.${name}`, options)
  })
  const tell = async (result: BatchObservableResult) => {
    const now = await figures()
    for (const [index, instrument] of instruments.entries()) {
      const { label, values } = series[index] as (typeof series)[number]
      for (const [labelled, value] of values(now))
        result.observe(instrument, value, label === undefined ? own : { ...own, [`posix_wasm.${label}`]: labelled })
    }
  }
  meter.addBatchObservableCallback(tell, instruments)
}
