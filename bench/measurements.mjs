// What is measured, as data: the program, how it is run, and the figures that come of a run. Targets are ratios to the native program
// (`of: 'C'`) or to Node's own sockets (`of: 'node:net'`), or plain values.

const modes = (worker, suspend, native) => ({ worker, suspend, native })
const timesC = (limits) =>
  Object.fromEntries(Object.entries(limits).map(([kind, limit]) => [kind, { ...limit, of: 'C' }]))
const perSecond = ({ elapsedNs, count }) => (count / elapsedNs) * 1e9
const microseconds = ({ elapsedNs, count }) => elapsedNs / count / 1000

const roundTrip = (size, label) => ({
  id: `round-trip-${size}`,
  program: 'round_trip',
  way: 'calls',
  peer: 'echo',
  args: ({ warmMs, runMs }) => [size, warmMs, runMs],
  figures: [
    {
      id: `round-trip-${size}`,
      title: `round trip, ${label}`,
      unit: 'µs',
      digits: 1,
      better: 'lower',
      of: microseconds,
      targets: timesC(modes({ atMost: 1.5 }, { atMost: 1.3 }, { atMost: 1.15 })),
    },
  ],
})

const bulk = (direction, peer) => ({
  id: `bulk-${direction}`,
  program: `bulk_${direction}`,
  way: 'calls',
  peer,
  args: ({ warmMs, runMs }) => [warmMs, runMs],
  figures: [
    {
      id: `bulk-${direction}`,
      title: `bulk ${direction}, 64 KiB pieces`,
      unit: 'GB/s',
      digits: 2,
      better: 'higher',
      of: ({ elapsedNs, count }) => count / elapsedNs,
      targets: timesC(modes({ atLeast: 0.4 }, { atLeast: 0.4 }, { atLeast: 0.9 })),
    },
  ],
})

const mostConnections = 20_000

const accepts = {
  id: 'accepts',
  program: 'accept_rate',
  way: 'serves',
  peer: 'connector',
  peers: 2, // one alone is slower than a native server
  args: ({ warmMs, runMs }) => [warmMs, runMs, mostConnections],
  peerArgs: () => [mostConnections],
  figures: [
    {
      id: 'accepts',
      title: 'connections accepted',
      unit: '1/s',
      digits: 0,
      better: 'higher',
      of: perSecond,
      targets: timesC({ native: { atLeast: 0.8 } }),
    },
  ],
}

const http = (connections) => ({
  id: 'http',
  program: 'http_server',
  way: 'serves',
  peer: 'load',
  peerMeasures: true,
  args: () => [],
  peerArgs: ({ warmMs, runMs }) => [connections, warmMs, runMs],
  figures: [
    {
      id: 'http',
      title: `HTTP requests, ${connections} connections`,
      unit: '1/s',
      digits: 0,
      better: 'higher',
      of: perSecond,
      targets: {
        native: { atLeast: 0.5, of: 'C' },
        worker: { atLeast: 1, of: 'node:net' },
        suspend: { atLeast: 1, of: 'node:net' },
      },
    },
    {
      id: 'http-processors',
      title: 'HTTP, processors the server keeps busy',
      unit: '',
      digits: 2,
      better: 'lower',
      noRatio: true,
      of: ({ busy }) => busy,
    },
  ],
})

const crowd = (connections) => ({
  id: `crowd-${connections}`,
  program: 'echo_loop',
  way: 'serves',
  peer: 'crowd',
  peerMeasures: true,
  connections,
  args: () => [],
  peerArgs: ({ warmMs, runMs }) => [connections, warmMs, runMs],
  figures: [
    {
      id: `crowd-${connections}`,
      title: `event loop, ${connections.toLocaleString('en')} connection${connections > 1 ? 's' : ''} open`,
      unit: '1/s',
      digits: 0,
      better: 'higher',
      of: perSecond,
    },
  ],
})

const idle = (connections) => ({
  id: 'idle',
  program: 'idle_connections',
  way: 'serves',
  peer: 'holder',
  takesMemory: true,
  connections,
  args: () => [connections],
  peerArgs: () => [connections],
  figures: [
    {
      id: 'idle-resident',
      title: `${connections.toLocaleString('en')} idle connections, resident`,
      unit: 'MiB',
      digits: 1,
      better: 'lower',
      noRatio: true,
      of: ({ fullKiB }) => fullKiB / 1024,
      targets: modes({ atMost: 256 }, { atMost: 256 }, { atMost: 256 }),
    },
    {
      id: 'idle-each',
      title: `${connections.toLocaleString('en')} idle, each`,
      unit: 'KiB',
      digits: 1,
      better: 'lower',
      noRatio: true,
      of: ({ emptyKiB, fullKiB }) => (fullKiB - emptyKiB) / connections,
    },
  ],
})

const startUp = {
  id: 'start-up',
  program: 'first_call',
  way: 'launches',
  figures: [
    {
      id: 'start-up',
      title: 'launch to first call',
      unit: 'ms',
      digits: 1,
      better: 'lower',
      noRatio: true,
      of: ({ launchMs }) => launchMs,
    },
    {
      id: 'start-up-above',
      title: 'launch to first call, above bare Node',
      unit: 'ms',
      digits: 1,
      better: 'lower',
      noRatio: true,
      of: ({ launchMs, bareMs }) => (bareMs === undefined ? undefined : launchMs - bareMs),
      targets: modes({ atMost: 90 }, { atMost: 60 }, { atMost: 60 }),
    },
  ],
}

const cost = (id, title, target) => [
  {
    id: `cost-${id}`,
    title: `${title}, round trip`,
    unit: '×',
    digits: 3,
    better: 'lower',
    noRatio: true,
    of: (costs) => costs[id].ratio,
    targets: { worker: { atMost: target } },
  },
  {
    id: `cost-${id}-call`,
    title: `${title}, each call`,
    unit: 'ns',
    digits: 0,
    better: 'lower',
    noRatio: true,
    of: (costs) => costs[id].nsPerCall,
  },
]

/** In one process, by turns with and without: what is asked for is far less than what two processes differ by. */
const costs = {
  id: 'costs',
  way: 'weighs',
  kinds: ['worker'],
  figures: [...cost('tracing', 'tracing off', 1.01), ...cost('rules', 'rules on', 1.02)],
}

export const measurements = [
  roundTrip(64, '64 B'),
  roundTrip(4096, '4 KiB'),
  bulk('receive', 'source'),
  bulk('send', 'sink'),
  accepts,
  http(64),
  startUp,
  costs,
  idle(10_000),
  crowd(1),
  crowd(100),
  crowd(10_000),
]
