import { expect, test } from 'vitest'
import { prometheusText } from '../../src/figures/prometheus.js'
import { formatFigures } from '../../src/figures/table.js'
import { AGAIN } from '../../src/network/network.js'
import { at, connected, failing, inTurn, meteredFake } from '../support/figures.js'

/** A guest that has fetched something, was refused elsewhere, and has a connection left. */
function busyGuest() {
  const fake = meteredFake({
    receive: inTurn<number | typeof AGAIN>(AGAIN, 4096),
    resolve: failing('EACCES'),
    wait: ({ on, timeoutMs }) => {
      fake.world.pass(timeoutMs)
      return on
    },
  })
  const { network } = fake
  for (let turn = 0; turn < 2; turn++) {
    const handle = connected(network)
    network('send', { handle, data: new Uint8Array(100) })
    network('receive', { handle, into: new Uint8Array(1), peek: false })
    network('wait', { on: [], timeoutMs: 750 })
    if (turn === 0) network('close', { handle, abort: false })
  }
  const datagrams = network('open', { family: 'inet', type: 'dgram' })
  network('send', { handle: datagrams, data: new Uint8Array(7), to: at('192.0.2.7', 9) })
  network('close', { handle: datagrams, abort: false })
  expect(() => network('resolve', { host: 'example.com', family: undefined })).toThrow('EACCES')
  return fake
}

test('a table for people', () => {
  expect(`\n${formatFigures(busyGuest().figures())}\n`).toBe(`
transport  opened  open  bytes sent  received  datagrams sent  received
---------  ------  ----  ----------  --------  --------------  --------
tcp             2     1         200      4096               0         0
udp             1     0           7         0               1         0

sockets      3 opened, 2 closed, 2 at most at once
connections  2 made, 0 accepted, 0 refused, 0 failed
look-ups     1, 1 failed
waits        2, 1.500 s
errors       1 EACCES

operation  calls  retries  errors
---------  -----  -------  ------
open           3        0       0
connect        3        1       0
send           3        0       0
receive        2        1       0
wait           2        0       0
close          2        0       0
resolve        1        0       1

still open                     bytes sent  received  operations
-----------------------------  ----------  --------  ----------
tcp connected -> 192.0.2.1:80         100      4096           3
`)
})

test('the table of a guest that has done nothing is short', () => {
  expect(formatFigures(meteredFake().figures())).toBe(`sockets      0 opened, 0 closed, 0 at most at once
connections  0 made, 0 accepted, 0 refused, 0 failed
look-ups     0, 0 failed
waits        0, 0.000 s
errors       none`)
})

test('of many open sockets the busiest are shown, and how many are left', () => {
  const { network, figures } = meteredFake()
  for (let turn = 0; turn < 30; turn++) network('open', { family: 'inet', type: 'dgram' })
  network('send', { handle: 29, data: new Uint8Array(5), to: at('192.0.2.7', 9) })
  const lines = formatFigures(figures()).split('\n')
  const head = lines.findIndex((line) => line.startsWith('still open'))
  expect(lines.slice(head + 2)).toHaveLength(21)
  expect(lines[head + 2]).toMatch(/^udp fresh +5 +0 +1$/)
  expect(lines.at(-1)).toBe('and 10 more')
})

/** What an exporter's text says, by series: read by the format's own rules, not by the library that wrote it. */
function read(text: string) {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== '') types.set(name, type)
    const [, series, value] = /^([a-z_]+\{[^}]*\}) (\S+)$/.exec(line) ?? []
    if (series !== undefined) samples.set(series, Number(value))
    else if (line !== '' && !line.startsWith('# ')) throw new Error(`not understood: ${line}`)
  }
  return { samples, types }
}

test('Prometheus reads the figures of each guest', async () => {
  const text = await prometheusText({ fetcher: busyGuest().figures(), idle: meteredFake().figures() })
  const { samples, types } = read(text)
  expect(Object.fromEntries([...samples].filter(([series]) => series.includes('guest="fetcher"')))).toMatchObject({
    'posix_wasm_sent_bytes_total{guest="fetcher",transport="tcp"}': 200,
    'posix_wasm_sent_bytes_total{guest="fetcher",transport="pipe"}': 0,
    'posix_wasm_received_bytes_total{guest="fetcher",transport="tcp"}': 4096,
    'posix_wasm_sent_datagrams_total{guest="fetcher",transport="udp"}': 1,
    'posix_wasm_opened_sockets_total{guest="fetcher",transport="tcp"}': 2,
    'posix_wasm_open_sockets{guest="fetcher",transport="tcp"}': 1,
    'posix_wasm_most_open_sockets{guest="fetcher"}': 2,
    'posix_wasm_connections_total{guest="fetcher",outcome="made"}': 2,
    'posix_wasm_operations_total{guest="fetcher",operation="send"}': 3,
    'posix_wasm_retries_total{guest="fetcher",operation="receive"}': 1,
    'posix_wasm_errors_total{guest="fetcher",errno="EACCES"}': 1,
    'posix_wasm_lookups_total{guest="fetcher"}': 1,
    'posix_wasm_failed_lookups_total{guest="fetcher"}': 1,
    'posix_wasm_waits_total{guest="fetcher"}': 2,
    'posix_wasm_blocked_seconds_total{guest="fetcher"}': 1.5,
  })
  expect(samples.get('posix_wasm_sent_bytes_total{guest="idle",transport="tcp"}')).toBe(0)
  expect(types.get('posix_wasm_sent_bytes_total')).toBe('counter')
  expect(types.get('posix_wasm_open_sockets')).toBe('gauge')
})

test("the program's own metrics are left alone, and a second text starts anew", async () => {
  const { register } = await import('prom-client')
  const guests = { one: busyGuest().figures() }
  expect(await prometheusText(guests)).toBe(await prometheusText(guests))
  expect(await register.metrics()).not.toContain('posix_wasm')
})
