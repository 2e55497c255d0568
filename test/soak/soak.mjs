// `make soak SOAK_ARGS="--mode worker --seconds 600"`: churn.c as a guest in this very process, while further guests come and are stopped at
// random. Fails when a byte is wrong, a call stalls, or when memory or descriptors have grown from the first quarter to the last.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import getPort from 'get-port'
import { compile } from '../../scripts/compile.mjs'

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'worker' },
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    native: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const folder = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const { startWithSockets } = await import(new URL('../../dist/index.js', import.meta.url))

/** How much more there may be in the last quarter than in the second: what the collector leaves behind at random. */
const MOST_GROWTH_MIB = 24
const MOST_MORE_DESCRIPTORS = 24

let isOver = false
const guestPort = await getPort()
const peer = spawn(process.execPath, [`${folder}/peer.mjs`, String(guestPort), values.seed], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
process.on('exit', () => peer.kill())
const [ports] = await once(createInterface({ input: peer.stdout }), 'line')
const [streamPort, datagramPort] = ports.split(' ')
const args = [streamPort, String(guestPort), datagramPort, values.seed, values.seconds]

if (values.native) runNatively()
else await soak()
peer.kill()

/** The same program by the system itself: the guest's oracle. */
function runNatively() {
  const program = `${root}/build/native/churn`
  mkdirSync(`${root}/build/native`, { recursive: true })
  execFileSync('cc', ['-O2', '-o', program, `${folder}/churn.c`], { stdio: 'inherit' })
  execFileSync(program, args, { stdio: 'inherit' })
}

async function soak() {
  const bytes = await compiled()
  const module = values.mode === 'suspend' ? bytes : await WebAssembly.compile(bytes) // its memory is given a maximum
  const samples = []
  const guest = await startWithSockets(module, {
    args,
    mode: values.mode,
    stdout: take,
    timeoutMs: (seconds + 60) * 1000,
  })
  const stopped = comeAndGo(module)
  let code = 1
  try {
    code = await guest.exitCode
  } catch (error) {
    console.log(`the guest failed: ${error.message}`)
  }
  isOver = true
  const shortLived = await stopped
  const growth = growthOf(samples)
  console.log(
    `mode ${values.mode}: ${seconds} s, exit code ${code}; ${shortLived} short-lived guests; resident memory ${growth.from.mib} to ` +
      `${growth.to.mib} MiB, descriptors ${growth.from.descriptors} to ${growth.to.descriptors} (second quarter to last)`,
  )
  const hasGrown =
    growth.to.mib - growth.from.mib > MOST_GROWTH_MIB ||
    growth.to.descriptors - growth.from.descriptors > MOST_MORE_DESCRIPTORS
  if (hasGrown) console.log('memory or descriptors have grown')
  process.exitCode = code === 0 && !hasGrown ? 0 : 1

  function take(bytes) {
    for (const line of Buffer.from(bytes).toString().trimEnd().split('\n')) {
      if (line.startsWith('tick')) samples.push(sample())
      else console.log(line)
    }
  }
}

async function compiled() {
  const output = `${root}/build/guests/churn.wasm`
  await compile(output, [`${folder}/churn.c`])
  return readFileSync(output)
}

/** Guests that live for a moment and are stopped wherever they are; resolves to how many there were. */
async function comeAndGo(module) {
  let many = 0
  while (!isOver) {
    const ownPort = await getPort()
    const guest = await startWithSockets(module, {
      args: [streamPort, String(ownPort), datagramPort, String(++many), '60'],
      mode: values.mode,
      stdout: 'ignore',
    })
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 1500))
    guest.stop()
    await guest.exitCode.catch(() => {})
  }
  return many
}

function sample() {
  return { mib: process.memoryUsage.rss() / 2 ** 20, descriptors: readdirSync('/proc/self/fd').length }
}

/** The medians of the second quarter and of the last: the first is for warming up. */
function growthOf(samples) {
  const quarter = Math.max(1, Math.floor(samples.length / 4))
  const medianOf = (part, of) => Math.round(part.map(of).sort((a, b) => a - b)[part.length >> 1] ?? 0)
  const told = (part) => ({
    mib: medianOf(part, ({ mib }) => mib),
    descriptors: medianOf(part, (one) => one.descriptors),
  })
  return { from: told(samples.slice(quarter, 2 * quarter)), to: told(samples.slice(-quarter)) }
}
