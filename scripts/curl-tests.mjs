// `make curl-tests`: curl's own test suite over the guest curl of `make libcurl`, and over a native twin of the same sources and options.
// The suite's library programs are guests too; its servers are native in both. Prints what differs, and fails when of the tests
// that pass natively less than 95 of 100 pass with the guest. The logs lie in build/curl-tests. It takes about twenty minutes.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianSource, SourceError } from './debian-source.mjs'
import { buildEnvironment, PortError, parallel, requirePrograms, step } from './port.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const results = join(root, 'build/curl-tests')
const LEAST = 0.95
const LIMIT_MS = 40 * 60_000
/** Its servers need a package of Python's. */
const leftOut = ['!SMB']

async function main() {
  requirePrograms({ perl: 'perl', gcc: 'gcc', make: 'make', stunnel: 'stunnel4' })
  mkdirSync(results, { recursive: true })
  const source = await debianSource('curl', { patched: false })
  const native = await built('native', ['--native'], ['server', 'libtest', 'unit'])
  const guest = await built('guest', [], ['libtest'])
  cpSync(join(native, 'server'), join(guest, 'server'), { recursive: true })
  report(run('native', native, source), run('guest', guest, source))
}

/** Builds curl and those folders of its tests; answers the folder of the tests. */
async function built(name, options, folders) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/libcurl.mjs'), ...options], { stdio: 'inherit' })
  if (status !== 0) throw new PortError(`the ${name} curl could not be built`)
  const tests = join(root, name === 'guest' ? 'build/libcurl' : 'build/libcurl-native', 'work/curl/tests')
  const env = await buildEnvironment()
  for (const folder of folders) {
    const log = join(results, `${name}-${folder}.log`)
    await step(`${name} ${folder}`, { command: ['make', parallel, '-C', folder], cwd: tests, env, log })
  }
  return tests
}

/** Runs the suite; answers its tests by how they ended. */
function run(name, tests, source) {
  console.log(`running the suite with the ${name} curl …`)
  const srcdir = join(source, 'tests')
  const env = { ...process.env, srcdir, USER: process.env.USER ?? 'root', LC_ALL: 'C' }
  const output = openSync(join(results, `${name}.log`), 'w')
  const args = [`-I${srcdir}`, join(srcdir, 'runtests.pl'), '-n', '-a', ...leftOut]
  spawnSync('perl', args, { cwd: tests, env, stdio: ['ignore', output, output], timeout: LIMIT_MS })
  const text = readFileSync(join(results, `${name}.log`), 'utf8')
  const failed = new Set((/^TESTFAIL: .*failed: (.*)$/m.exec(text)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number))
  const skipped = new Set([...text.matchAll(/^test (\d{4}) SKIPPED/gm)].map(([, number]) => Number(number)))
  const counts = /^TESTDONE: (\d+) tests out of (\d+) reported OK/m.exec(text)
  if (counts === null) throw new PortError(`the suite did not end with the ${name} curl; see ${results}/${name}.log`)
  return { passed: Number(counts[1]), ran: Number(counts[2]), failed, skipped }
}

function report(native, guest) {
  for (const [name, { passed, failed, skipped }] of Object.entries({ native, guest }))
    console.log(`${name}: ${passed} passed, ${failed.size} failed, ${skipped.size} skipped`)
  const lost = [...guest.failed].filter((number) => !native.failed.has(number))
  const notRun = [...guest.skipped].filter((number) => !native.skipped.has(number))
  console.log(`failed with the guest only: ${lost.join(' ') || 'none'}`)
  console.log(`skipped with the guest only: ${notRun.join(' ') || 'none'}`)
  const share = 1 - (lost.length + notRun.length) / native.passed
  console.log(`of the tests that pass natively ${(share * 100).toFixed(1)} in 100 pass with the guest`)
  if (share < LEAST) process.exitCode = 1
}

try {
  if (!existsSync(join(root, 'dist/cli.js'))) throw new PortError('there is no dist: run make')
  await main()
} catch (error) {
  if (!(error instanceof PortError || error instanceof SourceError)) throw error
  console.error(`make curl-tests: ${error.message}`)
  process.exitCode = 1
}
