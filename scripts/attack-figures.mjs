// `make attack`: runs test/attack and prints, by border and mode, how many attacks were made and how many got through.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const scratch = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-attack-'))
const report = path.join(scratch, 'report.json')
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/attack', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  { cwd: root, stdio: 'inherit' },
)

/** Rows by border and mode: attacks that were made, that got through, and that were skipped. */
const rows = new Map()
for (const { assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults)
  for (const { ancestorTitles, status: outcome } of assertionResults) {
    const [, border, mode] = /^attack on (.*?), (?:in the mode )?([^:]*)/.exec(ancestorTitles[0] ?? '') ?? []
    if (border === undefined) continue
    const row = rows.get(`${border}\t${mode}`) ?? { border, mode, cases: 0, through: 0, skipped: 0 }
    if (outcome === 'passed' || outcome === 'failed') row.cases++
    else row.skipped++
    if (outcome === 'failed') row.through++
    rows.set(`${border}\t${mode}`, row)
  }
rmSync(scratch, { recursive: true, force: true })
console.log(`\nAttacks on Node ${process.version}:`)
console.table([...rows.values()].sort((one, other) => one.border.localeCompare(other.border)))
process.exitCode = status ?? 1
