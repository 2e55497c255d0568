// The benchmark: the same C programs natively and as guests, and node:net, against the same peer, taking turns.
import os from 'node:os'
import { parseArgs } from 'node:util'
import { curlMeasurements, prepareCurl } from './curl.mjs'
import { measurements } from './measurements.mjs'
import { prepare } from './programs.mjs'
import { rows, table } from './report.mjs'
import { measure } from './rounds.mjs'

const usage = `usage: node bench/run.mjs [options], or make bench BENCH_ARGS='[options]'
  --quick        within a minute: shorter runs, fewer rounds
  --rounds N     how often each column has its turn (default 5; with --quick 3, and 1 for memory)
  --only NAME    only this measurement; may be repeated: ${[...measurements, ...curlMeasurements].map(({ name }) => name).join(' ')}
  --curl         the real curl, which make libcurl has built, instead of the C programs
  --json         for machines: JSON and nothing else
  --dist FOLDER  another build of the library`

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string', multiple: true },
  curl: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  dist: { type: 'string' },
  help: { type: 'boolean', default: false },
}

function wrong(message) {
  console.error(`${message}\n${usage}`)
  process.exit(2)
}

function parsed() {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return wrong(error.message)
  }
}

const { quick, curl, json, only, dist, help, rounds: wanted = quick ? '3' : '5' } = parsed()
if (help) {
  console.log(usage)
  process.exit()
}
const rounds = Number(wanted)
if (!(Number.isInteger(rounds) && rounds >= 1 && rounds <= 100)) wrong(`--rounds takes 1 to 100, not ${wanted}`)
const known = curl ? curlMeasurements : measurements
for (const name of only ?? []) if (!known.some((one) => one.name === name)) wrong(`there is no measurement ${name}`)

const times = quick
  ? { warmMs: 150, runMs: 200, memoryRounds: 1, limitMs: 15_000, until: performance.now() + 40_000 }
  : { warmMs: 300, runMs: 700, memoryRounds: rounds, limitMs: 60_000, until: Number.POSITIVE_INFINITY }
const { warmMs, runMs, memoryRounds } = times
const progress = (text) => process.stderr.isTTY && process.stderr.write(`\r\x1b[K${text}`)

const { columns, peer, remarks } = curl
  ? await prepareCurl().catch(({ message }) => wrong(message))
  : await prepare({ dist })
const chosen = known.filter(({ name }) => only?.includes(name) ?? true)
const results = []
for (const measurement of chosen)
  results.push(...rows(measurement, await measure(measurement, { columns, peer, rounds, times, progress })))
progress('')

const troubles = results.flatMap(({ measurement, skipped, failures }) => [
  ...(skipped ? [`${measurement}: skipped, since ${skipped}.`] : []),
  ...Object.entries(failures).map(([column, message]) => `${measurement}: ${column} failed: ${message}`),
])
remarks.push(...new Set(troubles)) // each figure of a measurement has the same
const machine = {
  node: process.version,
  system: `${os.type()} ${os.release()} ${os.arch()}`,
  processor: os.cpus()[0]?.model,
  cores: os.availableParallelism(),
}

if (json) console.log(JSON.stringify({ machine, rounds, warmMs, runMs, memoryRounds, rows: results, remarks }, null, 2))
else {
  console.log(`${machine.processor}, ${machine.cores} cores, ${machine.system}, Node ${machine.node}`)
  console.log(
    `${rounds} rounds (${memoryRounds} for idle connections), the columns taking turns; median (lowest–highest); ratios by round, then their median\n`,
  )
  console.log(table(results, Object.keys(columns)))
  console.log('\nMemory is what the process has resident; what the kernel holds for its connections is in no column.')
  if (remarks.length > 0) console.log(`\n${remarks.join('\n')}`)
}
process.exitCode = results.some(({ failures }) => Object.keys(failures).length > 0) ? 1 : 0
