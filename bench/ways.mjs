// How a measurement is run once, by its `way`: each resolves to an outcome, of which the measurement's figures are made.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { start } from './children.mjs'
import { median } from './figures.mjs'

const settleMs = 500
const ticksPerSecond = 100 // USER_HZ, the same on every Linux that Node runs on

/** One run of a measurement by a column. Whatever was started is gone at the end. */
export async function run(measurement, { column, peer, times, descriptors }) {
  const { limitMs } = times
  const children = []
  const launch = (command) => {
    const child = start(command.map(String), { limitMs, descriptors })
    children.push(child)
    return child
  }
  try {
    return await ways[measurement.way](measurement, { column, peer, times, descriptors, launch })
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

const ways = { calls, serves, launches, weighs }

/** The program connects to a peer, and measures. */
async function calls({ program, peer: mode, args }, { column, peer, times, launch }) {
  const other = launch(peer(mode, []))
  const [port] = await other.line('port')
  return result(launch([...column.command(program), port, ...args(times)]), [other])
}

/** The program listens, and its peers connect. Whoever of the two can says how much was done. */
async function serves(measurement, { column, peer, times, descriptors, launch }) {
  const { program, peer: mode, peers = 1, args, peerArgs, peerMeasures, takesMemory } = measurement
  const measured = launch([...column.command(program, descriptors), ...args(times)])
  const [port] = await measured.line('port')
  const emptyKiB = takesMemory ? await measured.residentKiB() : undefined
  const before = await processorMs(measured.pid)
  const others = Array.from({ length: peers }, () => launch(peer(mode, [port, ...peerArgs(times)])))
  if (takesMemory) return { emptyKiB, fullKiB: await fullKiB(measured, others[0]) }
  if (!peerMeasures) return result(measured, others)
  const begun = performance.now()
  const outcome = await result(others[0], [measured])
  const busy = ((await processorMs(measured.pid)) - before) / (performance.now() - begun)
  return { ...outcome, busy }
}

async function result(measuring, others) {
  const [elapsedNs, count] = await Promise.race([measuring.line('result'), ...others.map(({ failed }) => failed)])
  if (!(elapsedNs > 0 && count > 0)) throw new Error('nothing was measured')
  return { elapsedNs, count }
}

/** The program's memory once the peer holds all connections and nothing has moved for a while. */
async function fullKiB(measured, holder) {
  await Promise.race([holder.line('held'), measured.failed])
  await Promise.race([sleep(settleMs), holder.failed, measured.failed])
  return measured.residentKiB()
}

/** How long a process has had a processor, all threads together; NaN where there is no /proc. */
async function processorMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number)
  return ((user + system) / ticksPerSecond) * 1000
}

/** From the start of a command to the connection that its program makes first of all, and what bare Node takes to start and end. */
async function launches({ program }, { column, times }) {
  const pairs = []
  for (let i = 0; i < times.launches; i++) {
    const bareMs = column.node && (await untilExit([column.node.path, '-e', '0']))
    pairs.push({ bareMs, launchMs: await untilConnected((port) => column.launch(program, [port]), times) })
  }
  const of = (name) => median(pairs.map((pair) => pair[name]))
  return { launchMs: of('launchMs'), bareMs: column.node && of('bareMs') }
}

async function untilExit([file, ...args]) {
  const begun = performance.now()
  await once(spawn(file, args, { stdio: 'ignore' }), 'exit')
  return performance.now() - begun
}

/** Starts a command that is told a port, and resolves to how many ms it takes until it connects there. */
export async function untilConnected(command, { limitMs }) {
  const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const begun = performance.now()
  const child = start(command(server.address().port).map(String), { limitMs })
  try {
    await Promise.race([once(server, 'connection'), child.failed])
    return performance.now() - begun
  } finally {
    await child.stop()
    server.close()
  }
}

/** What decorators cost, as costs.mjs finds out: see there. */
async function weighs(_, { column, peer, times, launch }) {
  const other = launch(peer('echo', []))
  const [port] = await other.line('port')
  const [tracing, tracingNs, rules, rulesNs] = await launch([...column.costs(), port, times.pairs]).line('costs')
  return { tracing: { ratio: tracing, nsPerCall: tracingNs }, rules: { ratio: rules, nsPerCall: rulesNs } }
}
