// What is measured, as data: the program, the peer it talks to, and the figures that come of a run.

/** @typedef {{ elapsedNs: number, count: number, emptyKiB?: number, fullKiB?: number }} Outcome what a program printed, and its memory */

const roundTrip = (size, label) => ({
  name: `round-trip-${size}`,
  program: 'round_trip',
  peer: 'echo',
  args: ({ warmMs, runMs }) => [size, warmMs, runMs],
  figures: [
    {
      title: `round trip, ${label}`,
      unit: 'µs',
      digits: 1,
      of: ({ elapsedNs, count }) => elapsedNs / count / 1000,
      target: { atMost: 1.6, timesNative: true },
    },
  ],
})

const bulk = (way, peer) => ({
  name: `bulk-${way}`,
  program: `bulk_${way}`,
  peer,
  args: ({ warmMs, runMs }) => [warmMs, runMs],
  figures: [
    {
      title: `bulk ${way}, 64 KiB pieces`,
      unit: 'GB/s',
      digits: 2,
      of: ({ elapsedNs, count }) => count / elapsedNs,
      target: { atLeast: 0.3, timesNative: true },
    },
  ],
})

const mostConnections = 20_000

const accepted = {
  name: 'accept',
  program: 'accept_rate',
  peer: 'connector',
  peers: 2, // one alone is slower than a native server
  programListens: true,
  args: ({ warmMs, runMs }) => [warmMs, runMs, mostConnections],
  peerArgs: () => [mostConnections],
  figures: [
    {
      title: 'connections accepted',
      unit: '1/s',
      digits: 0,
      of: ({ elapsedNs, count }) => (count / elapsedNs) * 1e9,
    },
  ],
}

const idle = (count, target) => ({
  name: `idle-${count}`,
  program: 'idle_connections',
  peer: 'holder',
  programListens: true,
  takesMemory: true,
  connections: count,
  args: () => [count],
  peerArgs: () => [count],
  figures: [
    {
      title: `${count.toLocaleString('en')} idle connections, resident`,
      unit: 'MiB',
      digits: 1,
      of: ({ fullKiB }) => fullKiB / 1024,
      isMemory: true,
      target,
    },
    {
      title: `${count.toLocaleString('en')} idle, per connection`,
      unit: 'KiB',
      digits: 1,
      of: ({ emptyKiB, fullKiB }) => (fullKiB - emptyKiB) / count,
      isMemory: true,
    },
    {
      title: `${count.toLocaleString('en')} idle, made and answered`,
      unit: '1/s',
      digits: 0,
      of: ({ elapsedNs }) => (count / elapsedNs) * 1e9,
    },
  ],
})

export const measurements = [
  roundTrip(64, '64 B'),
  roundTrip(4096, '4 KiB'),
  bulk('receive', 'source'),
  bulk('send', 'sink'),
  accepted,
  idle(1000),
  idle(10_000, { atMost: 512 }),
]
