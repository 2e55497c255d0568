// The benchmark: the same C programs natively and as guests in each mode, and programs on Node's own sockets, against the same peer,
// taking turns.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findColumns, peerOf } from './columns.mjs'
import { describeCurl } from './curl.mjs'
import { rowOf } from './figures.mjs'
import { withLoad } from './load.mjs'
import { readOptions, wrong } from './options.mjs'
import { pinned } from './pin.mjs'
import { bundleUnhooked, compileNatively, findNodes } from './prepare.mjs'
import { publish } from './publish.mjs'
import { checked, makeReport } from './report.mjs'
import { measure } from './rounds.mjs'
import { reportText } from './table.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = readOptions()
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`)

const { report, failed } = options.from === undefined ? await measureAll() : { report: await earlier(options.from) }
progress('')
console.log(options.json ? JSON.stringify(report, null, 2) : reportText(report))
if (options.write) await publish(report)
process.exitCode = failed ? 1 : 0

async function earlier(file) {
  try {
    return checked(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    return wrong(`${file}: ${error.message}`)
  }
}

/** What runs here, and against whom. Ends the program where something was asked for that cannot be had. */
async function scene({ measurements, node, kinds, dist = join(root, 'dist'), curl, load, quick, pin }) {
  try {
    const nodes = findNodes(node)
    const compilerTrouble = await compileNatively()
    await bundleUnhooked()
    const { columns, missing } = await findColumns({ nodes, wanted: kinds, dist, compilerTrouble })
    const { peer, remark } = withLoad(peerOf(compilerTrouble === undefined), load ?? (quick ? 'peer' : undefined))
    const remarks = [
      ...(measurements.some((one) => one.peer === 'load') ? [remark] : []),
      ...(curl ? describeCurl() : []),
    ]
    if (compilerTrouble) remarks.push('For want of a compiler the peer runs on Node, and may be what limits a figure.')
    return { missing, remarks, ...(pin ? pinned({ columns, peer }) : { columns, peer }) }
  } catch (error) {
    return wrong(error.message)
  }
}

async function measureAll() {
  const { measurements, rounds, times } = options
  const { columns, missing, peer, remarks } = await scene(options)
  const end = performance.now() + times.allMs
  const rows = []
  const troubles = []
  for (const [place, measurement] of measurements.entries()) {
    const share = (end - performance.now()) / (measurements.length - place)
    const until = performance.now() + share
    const found = await measure(measurement, { columns, peer, rounds, times: { ...times, until, end }, progress })
    rows.push(...measurement.figures.map((figure) => rowOf(measurement, figure, { columns, outcomes: found.outcomes })))
    if (found.skipped) remarks.push(`${measurement.id}: skipped or cut short, since ${found.skipped}.`)
    for (const [id, message] of Object.entries(found.failures))
      troubles.push(`${measurement.id}: ${id} failed: ${message}`)
  }
  remarks.push(...troubles)
  return {
    report: makeReport({ rounds, times, pinned: options.pin, columns, missing, rows, remarks }),
    failed: troubles.length > 0,
  }
}
