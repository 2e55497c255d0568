// node victim.mjs LIBRARY MODE: loads and runs modules of which each could end this process, or hold it up, in a heap that is small.
// Prints a line of JSON for each attempt: what was tried and what came of it.
import fs from 'node:fs'
import { bombs, endless, moduleOf } from './bombs.mjs'

const [libraryFile, mode] = process.argv.slice(2)
const { inspectModule, instantiateWithSockets, runWithSockets } = await import(libraryFile)

let strays = []
process.on('uncaughtException', (error) => strays.push(`uncaught ${error}`))
process.on('unhandledRejection', (error) => strays.push(`unhandled ${error}`))

const HANG_MS = 40_000
const LIMIT = 32 * 1024 * 1024

async function attempt(what, run) {
  strays = []
  const begun = performance.now()
  let hang
  const outcome = await Promise.race([
    new Promise((resolve) => {
      hang = setTimeout(resolve, HANG_MS, 'hung')
    }),
    Promise.resolve()
      .then(run)
      .then(
        (code) => `exit ${code}`,
        ({ name, code, message }) => `${code === undefined ? name : `${name} ${code}`}: ${message}`,
      ),
  ])
  clearTimeout(hang)
  const ms = Math.round(performance.now() - begun)
  fs.writeSync(1, `${JSON.stringify({ what, outcome: outcome.slice(0, 2000), length: outcome.length, strays, ms })}\n`)
}

const common = { mode, lingerMs: 200, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' }
const run = (module, options) => runWithSockets(module, { ...common, ...options })
const here = async (module, options) => (await instantiateWithSockets(module, { ...common, ...options })).start()
const inspect = async (module) => {
  await inspectModule(module)
  return 0
}

for (const [name, make] of bombs) {
  const module = moduleOf(make)
  await attempt(`run, ${name}`, () => run(module))
  await attempt(`run within a limit, ${name}`, () => run(module, { limits: { memoryBytes: LIMIT } }))
  await attempt(`here, ${name}`, () => here(module))
  await attempt(`inspect, ${name}`, () => inspect(module))
}
if (mode !== 'suspend')
  for (const [name, make] of endless) await attempt(`run, ${name}`, () => run(moduleOf(make), { timeoutMs: 300 }))
