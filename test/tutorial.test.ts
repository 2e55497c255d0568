import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import getPort from 'get-port'
import { afterAll, expect, test } from 'vitest'
import { ConsolePage } from './support/console-page.js'

/* The commands of README.md and docs/tutorial.md print what the pages show. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-tutorial-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Lines in any order, since two programs print them; times are not compared. */
const comparable = (lines: readonly string[]) => lines.map((line) => line.replace(/<[\d.]+s>$/, '<time>')).sort()

test.each([
  ['README.md', 8080, 3],
  ['docs/tutorial.md', 7000, 11],
])('%s', { timeout: 120_000 }, async (name, shown, count) => {
  const page = new ConsolePage(name, path.join(folder, path.basename(name)), { shown, free: await getPort() })
  expect(page.steps.length).toBe(count)
  for (const step of page.steps) expect(comparable(await page.run(step)), step.command).toEqual(comparable(step.prints))
})
