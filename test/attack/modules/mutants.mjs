// node mutants.mjs LIBRARY MODE GUEST...: changes bytes of modules at random, the same ones for the same seed, and loads and runs them.
// Prints a line of JSON for each guest: how many there were of each outcome, and those that none should have.
import fs from 'node:fs'
import path from 'node:path'
import { randomFrom } from '../../support/random.mjs'

const [libraryFile, mode, ...guests] = process.argv.slice(2)
const { inspectModule, instantiateWithSockets, runWithSockets } = await import(libraryFile)

const SEED = 7
const MUTANTS = 250
/** Of these one is run, the others are only instantiated. */
const RUN = 25
/** Guests that only compute can be stopped in these modes. */
const mayRun = mode !== 'suspend'

let strays = []
process.on('uncaughtException', (error) => strays.push(`uncaught ${error}`))
process.on('unhandledRejection', (error) => strays.push(`unhandled ${error}`))

const common = {
  mode,
  lingerMs: 50,
  stdin: 'ignore',
  stdout: 'ignore',
  stderr: 'ignore',
  notice() {},
  network: { allow: [] },
}
const expected = ['ModuleError', 'GuestTrap', 'GuestTimeout', 'OptionError']

/** Changes a few bytes: anywhere, or where the sections with small numbers are. May cut the end off. */
function mutated(bytes, random) {
  const changed = bytes.slice(0, random() % 8 === 0 ? random() % bytes.length : bytes.length)
  const reach = random() % 2 === 0 ? Math.min(changed.length, 1500) : changed.length
  for (let left = random() % 4 === 0 ? 3 : 1; left > 0; left--)
    changed[8 + (random() % Math.max(1, reach - 8))] = random()
  return changed
}

async function outcomeOf(run) {
  try {
    await run()
    return 'none'
  } catch (error) {
    const { name, message } = error
    return expected.includes(name) ? name : `${name}: ${message}`
  }
}

/** Takes back what instantiating has opened. */
const here = async (module) => (await instantiateWithSockets(module, { ...common, timeoutMs: 2000 })).close()

for (const file of guests) {
  const bytes = new Uint8Array(fs.readFileSync(file))
  const random = randomFrom(SEED)
  const outcomes = {}
  const wrong = []
  strays = []
  for (let turn = 0; turn < MUTANTS; turn++) {
    const module = mutated(bytes, random)
    const runs = mayRun && turn % RUN === 0
    for (const run of [
      () => inspectModule(module),
      () => (runs ? runWithSockets(module, { ...common, timeoutMs: 300 }) : here(module)),
    ]) {
      const outcome = await outcomeOf(run)
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1
      if (outcome !== 'none' && !expected.includes(outcome)) wrong.push(`turn ${turn}: ${outcome}`)
    }
  }
  const what = path.basename(file, '.wasm')
  fs.writeSync(
    1,
    `${JSON.stringify({ what, outcome: wrong.slice(0, 5).join('; '), length: wrong.length, strays, outcomes })}\n`,
  )
}
