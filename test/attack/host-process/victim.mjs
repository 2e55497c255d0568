// node victim.mjs LIBRARY MODE GUESTS: runs guests with functions and streams that misbehave, in a process that must outlive each.
// Prints a line of JSON for each attempt: what was tried, what came of it, and what this process was told beside that.
import fs from 'node:fs'
import path from 'node:path'
import { connections, functions, inputs, outputs } from './hostile-rows.mjs'

const [libraryFile, mode, guests] = process.argv.slice(2)
const library = await import(libraryFile)
const { instantiateWithSockets, runWithSockets, startWithSockets } = library
const guest = (name) => fs.readFileSync(path.join(guests, `${name}.wasm`))

/** What would have ended this process, or was printed on its standard error. */
let strays = []
process.on('uncaughtException', (error) => strays.push(`uncaught ${error}`))
process.on('unhandledRejection', (error) => strays.push(`unhandled ${error}`))
process.on('warning', (warning) => strays.push(`warning ${warning}`))

/** More than one piece of output. */
const LARGE = 'x'.repeat(400_000)
/** How many functions are tried as each callback. */
const FEW = 4

const HANG_MS = 20_000
const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
}

async function attempt(what, run) {
  strays = []
  const begun = performance.now()
  let limit
  const hang = new Promise((resolve) => {
    limit = setTimeout(resolve, HANG_MS, 'hung')
  })
  const outcome = await Promise.race([
    hang,
    run().then(
      (code) => `exit ${code}`,
      (error) => String(error),
    ),
  ])
  clearTimeout(limit)
  await turns()
  fs.writeSync(1, `${JSON.stringify({ what, outcome, strays, ms: Math.round(performance.now() - begun) })}\n`)
}

const common = { mode, lingerMs: 200, stdin: 'some input', stdout: 'ignore', stderr: 'ignore' }
const run = (name, options) => runWithSockets(guest(name), { ...common, ...options })
const here = async (name, options) => (await instantiateWithSockets(guest(name), { ...common, ...options })).start()
const ways = { run, here }
/** Where the thread is free while the guest waits, streams can be read. */
const readers = mode === 'suspend' ? ways : { run }

for (const [way, start] of Object.entries(ways)) {
  for (const [what, expected, make] of outputs)
    await attempt(`${way}, an output that ${what}`, () =>
      start('copier', { stdin: expected === 'exit 0' ? 'some input' : LARGE, stdout: make() }),
    )
  for (const name of ['trace', 'onListen', 'onFigures', 'onSocketEvent', 'onRefusal', 'notice'])
    for (const [what, , make] of name === 'trace' ? functions : functions.slice(0, FEW)) {
      const network = name === 'onRefusal' || name === 'notice' ? { network: { allow: [] } } : {}
      await attempt(`${way}, ${name} that ${what}`, () => start('opener', { ...network, [name]: make(library) }))
    }
}
for (const [way, start] of Object.entries(readers)) {
  for (const [what, , make] of inputs)
    await attempt(`${way}, an input that ${what}`, () => start('reader', { stdin: make() }))
  for (const [what, make] of connections)
    await attempt(`${way}, a connection that ${what}`, () => start('echo', { connections: [make()], timeoutMs: 3000 }))
}
const inThread = { ...common, mode: mode === 'suspend' ? 'worker' : mode }
const running = await startWithSockets(guest('spinner'), inThread)
for (const [what, make] of connections)
  await attempt(`attach, a connection that ${what}`, async () => {
    running.attach(make()).catch(() => {}) // this guest never takes one up
    await turns()
    return 0
  })
await attempt('attach, and stop', () => {
  running.stop(new Error('stopped'))
  return running.exitCode
})
for (const [what, make] of connections)
  await attempt(`attach too late, a connection that ${what}`, () => running.attach(make()))
