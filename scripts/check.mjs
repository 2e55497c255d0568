// `make check`: format, types, lint, tests on this Node and on the newest, package, clean tree. With --full it first installs what
// the optional checks need, builds the real curl and other people's programs and tests them, and adds the benchmark. Ends with `N passed, N failed`;
// each check and each test counts.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { NEWEST_NODE, newestNode } from './newest-node.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const full = process.argv.includes('--full')
const bin = (name) => path.join(root, 'node_modules/.bin', name)
const scratch = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-check-'))
const total = { passed: 0, failed: 0, skipped: 0 }
/** What failed, to be told again at the end. */
const failures = []

const run = (command, args) => spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status === 0

/** One check that passes or fails as a whole. */
function check(name, passes) {
  console.log(`\n=== ${name}`)
  const passed = passes()
  total[passed ? 'passed' : 'failed']++
  if (passed) return
  console.log(`=== ${name} FAILED`)
  failures.push(name)
}

/** The test suite under one Node, with guests in a mode where a test does not say which; every test counts. */
function tests(node, mode) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  const title = `tests on Node ${version}, mode ${mode}`
  console.log(`\n=== ${title}`)
  const report = path.join(scratch, `${total.passed}.json`)
  const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
  process.env['POSIX_WASM_MODE'] = mode
  const passed = run(node, [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`])
  delete process.env['POSIX_WASM_MODE']
  try {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
    total.passed += numPassedTests
    total.failed += Math.max(numFailedTests, passed ? 0 : 1)
    total.skipped += numPendingTests
    const failed = testResults.flatMap(failuresOf)
    if (!passed && failed.length === 0) failed.push('an error outside of the tests, which stands above')
    failures.push(...failed.map((name) => `${title}: ${name}`))
  } catch {
    total.failed++
    failures.push(`${title}: there is no report`)
  }
}

/** The tests of one file that failed, or the file itself where none came so far. */
function failuresOf({ name, status, assertionResults }) {
  const file = path.relative(root, name)
  const failed = assertionResults.filter((each) => each.status === 'failed').map((each) => `${file}: ${each.fullName}`)
  return failed.length === 0 && status === 'failed' ? [file] : failed
}

function installOptional() {
  console.log('\n=== installing what the optional checks need')
  if (!run('apt-get', ['update', '-q'])) return
  const install = (...packages) => run('apt-get', ['install', '-y', '-q', ...packages])
  install(
    'gcc',
    'libc6-dev',
    'netbase',
    'binutils',
    'make',
    'dpkg-dev',
    'openssl',
    'curl',
    'redis-server',
    'perl',
    'stunnel4',
    'cmake',
    'rustc',
    'libstd-rust-dev-wasm32',
    'wrk',
  )
  install('clang-19', 'lld-19', 'llvm-19') // where there is none, the compiler that npm has installed takes its place
}

const treeBefore = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
if (full) {
  installOptional()
  process.env['POSIX_WASM_FULL_TESTS'] = '1'
  check('the real curl is built', () => run(process.execPath, ['scripts/libcurl.mjs']))
  check('programs from Debian are built', () => run(process.execPath, ['scripts/programs.mjs']))
}
check('format and lint', () => run(bin('biome'), ['check', '.']))
check('types', () => run(bin('tsc'), ['--noEmit']))
check('package', () => run(bin('publint'), ['--strict']))
tests(process.execPath, 'worker')
const newest = newestNode()
if (newest === undefined) console.log(`\n=== skipped: tests on ${NEWEST_NODE}, which could not be fetched`)
else tests(newest, 'native')
check('demo', () => run(process.execPath, ['scripts/demo.mjs']))
if (full) check("curl's own tests", () => run(process.execPath, ['scripts/curl-tests.mjs']))
if (full) check('benchmark', () => run(process.execPath, ['bench/run.mjs', '--quick']))
check('nothing was left in the tree', () => {
  const after = execFileSync('git', ['status', '--porcelain'], { cwd: root, encoding: 'utf8' })
  if (after !== treeBefore) console.log(after)
  return after === treeBefore
})

rmSync(scratch, { recursive: true, force: true })
for (const failure of failures) console.log(`failed: ${failure}`)
if (total.skipped > 0) console.log(`\n${total.skipped} tests were skipped; the reasons stand above`)
console.log(`\n${total.passed} passed, ${total.failed} failed`)
process.exitCode = total.failed === 0 ? 0 : 1
