// A host whose guest writes to a standard output that is not read. Says by its log file how that ended, and whether its event loop went on.
import fs from 'node:fs'

const { dist, guest, mode, how, log } = JSON.parse(process.argv[2])
const { instantiateWithSockets, startWithSockets } = await import(dist)
const note = (line) => fs.appendFileSync(log, `${line}\n`)
let hasTurned = false
setTimeout(() => {
  hasTurned = true
}, 100).unref()

const options = {
  mode,
  args: ['10000000'],
  stdin: 'ignore',
  ...(['timeout', 'instantiate'].includes(how) && { timeoutMs: 400 }),
}
const reason = new Error('told to stop')

async function run() {
  if (how === 'instantiate') return (await instantiateWithSockets(guest, options)).start()
  const controller = new AbortController()
  const running = await startWithSockets(guest, { ...options, ...(how === 'signal' && { signal: controller.signal }) })
  if (how === 'stop') setTimeout(() => running.stop(reason), 400)
  if (how === 'signal') setTimeout(() => controller.abort(reason), 400)
  if (how === 'exit') setTimeout(() => process.exit(3), 200)
  return running.exitCode
}

process.on('exit', () =>
  note(mode !== 'suspend' && how === 'instantiate' ? 'over' : hasTurned ? 'the loop went on' : 'frozen'),
)
note(await run().then(String, ({ name, message }) => `${name}: ${message}`))
process.exit(3)
