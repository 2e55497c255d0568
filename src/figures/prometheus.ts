import type { Registry } from 'prom-client'
import type { Figures } from '../network/figures/figures.js'
import { orMissing } from './packages.js'
import { type Series, series } from './series.js'

type PromClient = typeof import('prom-client')

/**
 * The figures of each guest, by name, as Prometheus reads them: version 0.0.4 of its text format. Needs the package prom-client; a
 * `MissingPackage` says so where it is not installed. The program's own metrics are neither shown nor touched.
 */
export async function prometheusText(figuresByGuest: Readonly<Record<string, Figures>>): Promise<string> {
  const client = await import('prom-client').catch(orMissing('prom-client', 'prometheusText'))
  const registry = new client.Registry()
  for (const one of series) addTo(registry, client, { one, figuresByGuest })
  return registry.metrics()
}

interface Shown {
  readonly one: Series
  readonly figuresByGuest: Readonly<Record<string, Figures>>
}

function addTo(registry: Registry, { Counter, Gauge }: PromClient, { one, figuresByGuest }: Shown): void {
  const { kind, help, label } = one
  const name = `posix_wasm_${one.name}${kind === 'counter' ? '_total' : ''}`
  const labelNames = label === undefined ? ['guest'] : ['guest', label]
  const Metric = kind === 'counter' ? Counter : Gauge
  const metric = new Metric({ name, help, labelNames, registers: [registry] })
  for (const [guest, figures] of Object.entries(figuresByGuest))
    for (const [labelled, value] of one.values(figures))
      metric.inc(label === undefined ? { guest } : { guest, [label]: labelled }, value)
}
