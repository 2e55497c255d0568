import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { help } from '../src/cli/manual/questions.js'
import { knownDialects } from '../src/host/inspect.js'

/* README.md and docs/ are held against the project. */
const root = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const read = (name: string) => readFileSync(root(name), 'utf8')
const readme = read('README.md')
const pages = [
  'README.md',
  'SECURITY.md',
  ...readdirSync(root('docs')).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : [])),
]

test('README is read in five minutes', () => {
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(10_000)
})

test('every page of docs is in its index', () => {
  const index = read('docs/README.md')
  for (const page of pages)
    if (page.startsWith('docs/') && page !== 'docs/README.md') expect(index).toContain(`(${path.basename(page)})`)
})

test.each(pages)('every file that %s links to exists', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)].map(([, to]) => to as string)
  const isMissing = (link: string) => !existsSync(root(path.join(path.dirname(page), link)))
  expect(links.filter(isMissing)).toEqual([])
})

describe('what the pages name exists', () => {
  test('every make target', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([\w-]+):/gm)].map(([, name]) => name))
    const ours = pages.filter((page) => page !== 'docs/programs.md') // which shows how others are made
    const used = ours.flatMap((page) => [...read(page).matchAll(/(?:`|^)make ([a-z][\w-]*)/gm)].map(([, name]) => name))
    expect(used).toEqual(expect.arrayContaining(['demo', 'test', 'bench']))
    for (const name of used) expect(targets).toContain(name)
  })

  test('every option of the command, and no other', () => {
    const written = new Set(
      [...read('docs/command.md').matchAll(/^\| `-.*?(?= \| )/gm)].flatMap(([cell]) =>
        [...cell.matchAll(/`(--[a-z-]+)/g)].map(([, name]) => name),
      ),
    )
    const known = [...help().matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, name]) => name)
    expect([...written].sort()).toEqual([...new Set(known)].sort())
  })

  test('every dialect, and no other', () => {
    const table = /## What works\n([\s\S]*?)\n## /.exec(read('docs/dialects.md'))?.[1] ?? ''
    const cells = [...table.matchAll(/^\| ([^|]+) \| /gm)].map(([, first]) => first?.replaceAll('`', '') as string)
    const written = cells.filter((cell) => cell !== 'dialect' && cell !== '---').flatMap((cell) => cell.split(', '))
    const names = new Set(knownDialects().map(({ name }) => name)) // one may stand in two modules
    expect(written.sort()).toEqual([...names].sort())
  })
})
