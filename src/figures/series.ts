import type { Figures, TransportFigures } from '../network/figures/figures.js'

/** One measurement that monitoring follows over time. */
export interface Series {
  /** In words joined by `_`, without prefix or suffix. */
  readonly name: string
  /** A counter only grows as long as the guest runs. */
  readonly kind: 'counter' | 'gauge'
  /** As UCUM writes it. */
  readonly unit: string
  readonly help: string
  /** What tells the values of one guest apart; undefined where there is one value. */
  readonly label: string | undefined
  readonly values: (figures: Figures) => readonly Value[]
}

/** A value, and what its label says. */
export type Value = readonly [labelled: string, value: number]

/** All that Prometheus and OpenTelemetry are told. */
export const series: readonly Series[] = [
  ofTransports(['sent_bytes', 'By', 'Bytes sent.'], ({ bytesSent }) => bytesSent),
  ofTransports(['received_bytes', 'By', 'Bytes received.'], ({ bytesReceived }) => bytesReceived),
  ofTransports(['sent_datagrams', '{datagram}', 'Datagrams sent.'], ({ datagramsSent }) => datagramsSent),
  ofTransports(['received_datagrams', '{datagram}', 'Datagrams received.'], (each) => each.datagramsReceived),
  ofTransports(['opened_sockets', '{socket}', 'Sockets opened.'], ({ opened }) => opened),
  gauge(ofTransports(['open_sockets', '{socket}', 'Sockets that are open.'], ({ open }) => open)),
  gauge(single(['most_open_sockets', '{socket}', 'Most sockets open at once.'], ({ sockets }) => sockets.mostOpen)),
  by('outcome', ['connections', '{connection}', 'Connections, by how they went.'], ({ connections }) => ({
    ...connections,
  })),
  by('operation', ['operations', '{operation}', 'Operations asked of the network.'], callsOf('calls')),
  by('operation', ['retries', '{operation}', 'Operations that answered "not now".'], callsOf('retries')),
  by('errno', ['errors', '{error}', 'Errors that the guest was told.'], ({ errors }) => errors),
  single(['lookups', '{lookup}', 'Name look-ups.'], ({ lookups }) => lookups.asked),
  single(['failed_lookups', '{lookup}', 'Name look-ups that failed.'], ({ lookups }) => lookups.failed),
  single(['waits', '{wait}', 'Waits, for the network or for time to pass.'], ({ waits }) => waits),
  single(['blocked_seconds', 's', 'Time spent in waits.'], ({ blockedMs }) => blockedMs / 1000),
]

type About = readonly [name: string, unit: string, help: string]

function by(label: string, [name, unit, help]: About, values: (figures: Figures) => Record<string, number>): Series {
  return { name, unit, help, kind: 'counter', label, values: (figures) => Object.entries(values(figures)) }
}

function ofTransports(about: About, value: (transport: TransportFigures) => number): Series {
  return by('transport', about, ({ transports }) => mapped(transports, value))
}

function single([name, unit, help]: About, value: (figures: Figures) => number): Series {
  return { name, unit, help, kind: 'counter', label: undefined, values: (figures) => [['', value(figures)]] }
}

function gauge(counter: Series): Series {
  return { ...counter, kind: 'gauge' }
}

function callsOf(which: 'calls' | 'retries') {
  return ({ operations }: Figures) => mapped(operations, (operation) => operation[which])
}

function mapped<T>(record: Readonly<Record<string, T>>, value: (each: T) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(record).map(([name, each]) => [name, value(each)]))
}
