// Runs one measurement in rounds, the columns taking turns, so that whatever else the machine does hits all of them alike.
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { start } from './children.mjs'

const settleMs = 500
const spareDescriptors = 200

/** Resolves to the outcomes of each column by round, or to why there are none: `{ outcomes }` or `{ skipped }`. */
export async function measure(measurement, { columns, peer, rounds, times, progress }) {
  const wanted = measurement.takesMemory ? Math.min(rounds, times.memoryRounds) : rounds
  const descriptors = measurement.connections && measurement.connections + spareDescriptors
  const skipped = await whyNot(measurement, descriptors)
  if (skipped) return { skipped }
  const names = Object.keys(columns)
  const outcomes = Object.fromEntries(names.map((name) => [name, []]))
  const failures = {}
  for (let round = 0; round < wanted && performance.now() < times.until; round++)
    for (const name of names) {
      if (failures[name]) continue
      progress(`${measurement.name}: round ${round + 1} of ${wanted}, ${name}`)
      const program = columns[name](measurement.program, [], descriptors)
      try {
        outcomes[name].push(await run(measurement, { program, peer, times, descriptors }))
      } catch (error) {
        failures[name] = error.message
      }
    }
  if (Object.keys(failures).length === 0 && outcomes[names[0]].length === 0) return { skipped: 'the time was used up' }
  return { outcomes, failures }
}

async function whyNot({ connections, takesMemory }, descriptors) {
  if (takesMemory && process.platform !== 'linux') return 'resident memory is read from /proc, which only Linux has'
  if (!connections) return undefined
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1]
  if (limit === 'unlimited' || Number(limit) >= descriptors) return undefined
  return `it takes ${descriptors} descriptors, and the hard limit (ulimit -Hn) is ${limit}`
}

/** One run of a program with its peer. Whoever listens is started first; both are gone at the end. */
async function run(measurement, { program, peer, times, descriptors }) {
  const { programListens, peers = 1, peerArgs = () => [], args } = measurement
  const limitMs = Math.max(1000, Math.min(times.limitMs, times.until + times.limitMs - performance.now()))
  const children = []
  const launch = (command) => {
    const child = start(command, { limitMs, descriptors })
    children.push(child)
    return child
  }
  try {
    if (!programListens) {
      const other = launch(peer(measurement.peer, []))
      const [port] = await other.line('port')
      return await result(launch([...program, port, ...args(times)].map(String)), [other])
    }
    const measured = launch([...program, ...args(times).map(String)])
    const [port] = await measured.line('port')
    const emptyKiB = measurement.takesMemory && (await measured.residentKiB())
    const others = Array.from({ length: peers }, () => launch(peer(measurement.peer, [port, ...peerArgs(times)])))
    const outcome = await result(measured, others)
    return measurement.takesMemory ? { ...outcome, emptyKiB, fullKiB: await fullKiB(measured, others[0]) } : outcome
  } finally {
    await Promise.all(children.map((child) => child.stop()))
  }
}

async function result(measured, others) {
  const [elapsedNs, count] = await Promise.race([measured.line('result'), ...others.map(({ failed }) => failed)])
  if (!(elapsedNs > 0 && count > 0)) throw new Error('nothing was measured')
  return { elapsedNs, count }
}

/** The program's memory once the peer holds all connections and nothing has moved for a while. */
async function fullKiB(measured, holder) {
  await Promise.race([holder.line('held'), measured.failed])
  await Promise.race([sleep(settleMs), holder.failed, measured.failed])
  return measured.residentKiB()
}
