// node flood.mjs LIBRARY MODE GUESTS: runs guests that flood their host with news while it does not look at them.
// Prints a line of JSON for each: how much it was told, and what came of it.
import fs from 'node:fs'
import path from 'node:path'

const [libraryFile, mode, guests] = process.argv.slice(2)
const { startWithSockets } = await import(libraryFile)
const file = (name) => path.join(guests, name)
const guest = (name) => fs.readFileSync(file(`${name}.wasm`))
const quiet = { mode, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' }
const stopped = new Error('enough')

/** How long the host does nothing but one call of its callback, in ms. */
const BLOCKED_MS = 700
function block(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Runs a guest whose first news blocks this thread; counts what has come by the time that it is stopped. */
async function flood(what, name, optionsFor) {
  let count = 0
  let running
  const told = () => {
    if (count++ > 0) return
    block(BLOCKED_MS)
    running.stop(stopped) // what was on its way is still told
  }
  running = await startWithSockets(guest(name), { ...quiet, ...optionsFor(told) })
  const outcome = await running.exitCode.then(
    (code) => `exit ${code}`,
    (error) => error.message,
  )
  fs.writeSync(1, `${JSON.stringify({ what, count, outcome })}\n`)
}

// A guest that is suspended calls back on this thread, so that nothing can pile up.
if (mode !== 'suspend') {
  await flood('trace', 'tracee', (told) => ({ trace: told }))
  await flood('onSocketEvent', 'opening', (told) => ({ onSocketEvent: told }))
  await flood('onListen', 'listening', (told) => ({ onListen: told }))
  await flood('onFigures', 'opening', (told) => ({ onFigures: told, figuresEveryMs: 1e-6 }))
  await flood('trace, by promises that take long', 'tracee', (told) => ({
    trace: () => {
      told()
      return new Promise((resolve) => setTimeout(resolve, 5000))
    },
  }))
  const record = file('written.rec')
  await (await startWithSockets(guest('wordy'), { ...quiet, record })).exitCode
  await flood('stdout of a replay', 'wordy', (told) => ({ replay: record, stdout: told }))
}
process.exit(0)
