// Runs one measurement in rounds, the columns taking turns, so that whatever else the machine does hits all of them alike.
import { readFile } from 'node:fs/promises'
import { run } from './ways.mjs'

const spareDescriptors = 200

/**
 * Resolves to the outcomes of each column by round, with the failures of columns, and `skipped`, why anything else is missing. After
 * `times.until` no round begins but the first, after `times.end` no run.
 */
export async function measure(measurement, { columns, peer, rounds, times, progress }) {
  const descriptors = measurement.connections && measurement.connections + spareDescriptors
  const skipped = await whyNot(measurement, descriptors)
  if (skipped) return { skipped, outcomes: {}, failures: {} }
  const chosen = columns.filter(({ kind }) => measurement.kinds?.includes(kind) ?? true)
  const outcomes = Object.fromEntries(chosen.map(({ id }) => [id, []]))
  const failures = {}
  for (let round = 0; round < rounds && (round === 0 || performance.now() < times.until); round++)
    for (const column of turned(chosen, round)) {
      if (failures[column.id]) continue
      if (performance.now() > times.end) return { outcomes, failures, skipped: 'the time was used up' }
      progress(`${measurement.id}: round ${round + 1} of ${rounds}, ${column.id}`)
      try {
        outcomes[column.id].push(await run(measurement, { column, peer, times, descriptors }))
      } catch (error) {
        failures[column.id] = error.message
      }
    }
  return { outcomes, failures }
}

/** Each round begins with another column: none has always the same one before it. */
const turned = (columns, round) => columns.map((_, place) => columns[(place + round) % columns.length])

async function whyNot({ connections, takesMemory }, descriptors) {
  if (takesMemory && process.platform !== 'linux') return 'resident memory is read from /proc, which only Linux has'
  if (!connections || process.platform !== 'linux') return undefined
  const limit = /^Max open files\s+\S+\s+(\S+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1]
  if (limit === 'unlimited' || Number(limit) >= descriptors) return undefined
  return `it takes ${descriptors} descriptors, and the hard limit (ulimit -Hn) is ${limit}`
}
