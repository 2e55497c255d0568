// The command line of the benchmark.
import { parseArgs } from 'node:util'
import { kinds } from './columns.mjs'
import { curlMeasurements } from './curl.mjs'
import { measurements } from './measurements.mjs'

const every = [...measurements, ...curlMeasurements]

const usage = `usage: node bench/run.mjs [options], or make bench BENCH_ARGS='[options]'
  --quick        within a minute: shorter runs, two rounds, one Node
  --rounds N     how often each column has its turn (default 5; with --quick 2)
  --only NAME    only these rows or columns; may be repeated. Rows: ${every.map(({ id }) => id).join(' ')};
                 columns: ${kinds.join(' ')}
  --node WHICH   this, newest, both (the default; with --quick this), or a path; BENCH_NODE in the environment says the same
  --curl         also the real curl, which make libcurl has built
  --load WHICH   who asks the HTTP servers: wrk (the default where it is installed) or peer, the benchmark's own
  --pin          keeps the peer on the first processor, and programs with one busy thread on the others (Linux, taskset)
  --json         for machines: JSON and nothing else, as docs/performance.md describes
  --write        puts the table into docs/performance.md and the plot into docs/performance.svg, besides
  --from FILE    measures nothing, and takes the JSON of an earlier run
  --dist FOLDER  another build of the library`

const options = {
  quick: { type: 'boolean', default: false },
  rounds: { type: 'string' },
  only: { type: 'string', multiple: true, default: [] },
  node: { type: 'string' },
  curl: { type: 'boolean', default: false },
  load: { type: 'string' },
  pin: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  from: { type: 'string' },
  dist: { type: 'string' },
  help: { type: 'boolean', default: false },
}

/** Ends the program with a mistake of the user's. */
export function wrong(message) {
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

/** What the command line asks for. Ends the program where it asks for help or for what cannot be. */
export function readOptions() {
  const given = parsed()
  if (given.help) {
    console.log(usage)
    process.exit()
  }
  const { quick, only, curl, rounds = quick ? '2' : '5' } = given
  if (!/^([1-9]\d?|100)$/.test(rounds)) wrong(`--rounds takes 1 to 100, not ${rounds}`)
  if (given.load !== undefined && !['wrk', 'peer'].includes(given.load))
    wrong(`--load takes wrk or peer, not ${given.load}`)
  const known = curl ? every : measurements
  for (const name of only)
    if (!kinds.includes(name) && !known.some(({ id }) => id === name)) wrong(`there is no row or column ${name}`)
  const chosen = known.filter(({ id }) => only.includes(id))
  const wanted = kinds.filter((kind) => only.includes(kind))
  return {
    ...given,
    rounds: Number(rounds),
    node: given.node ?? process.env['BENCH_NODE'] ?? (quick ? 'this' : 'both'),
    measurements: chosen.length > 0 ? chosen : known,
    kinds: wanted.length > 0 ? wanted : kinds,
    times: timesFor(quick),
  }
}

function timesFor(quick) {
  return quick
    ? { warmMs: 100, runMs: 150, launches: 2, pairs: 40, limitMs: 8000, allMs: 48_000 }
    : { warmMs: 300, runMs: 700, launches: 5, pairs: 100, limitMs: 60_000, allMs: Number.POSITIVE_INFINITY }
}
