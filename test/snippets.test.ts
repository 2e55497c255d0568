import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { help } from '../src/cli/manual/questions.js'
import { modesHere } from '../src/host/mode.js'
import * as library from '../src/index.js'

/* Every piece of code in README.md and docs/ is compiled or run as it is. */
const root = fileURLToPath(new URL('..', import.meta.url))

interface Snippet {
  readonly page: string
  readonly language: string
  readonly code: string
}

const pages = ['README.md', 'SECURITY.md', ...readdirSync(`${root}/docs`).map((name) => `docs/${name}`)]
const snippets = pages
  .filter((page) => page.endsWith('.md'))
  .flatMap((page) => {
    const found = readFileSync(path.join(root, page), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)
    return [...found].map(([, language = '', code = '']): Snippet => ({ page, language, code }))
  })
const titled = (language: string) =>
  snippets
    .filter((each) => each.language === language && !shownWithCommands.has(each.page))
    .map((each) => [`${each.page}: ${titleOf(each.code)}`, each] as const)

/** Pages whose programs tutorial.test.ts runs by the commands that the pages show. */
const shownWithCommands: ReadonlySet<string> = new Set(['README.md', 'docs/tutorial.md'])

/** The last line that is more than a bracket. */
function titleOf(code: string): string {
  return (
    code
      .trimEnd()
      .split('\n')
      .findLast((line) => /^\w/.test(line)) ?? code
  )
}

/** A guest that talks to the server that it is given, or to itself. */
const CLIENT = `#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>
int main(int count, char **words) {
  int ends[2];
  char text[5];
  struct addrinfo *found;
  if (count < 3) {
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return 1;
  } else {
    if (getaddrinfo(words[1], words[2], &(struct addrinfo){.ai_socktype = SOCK_STREAM}, &found) != 0) return 2;
    ends[0] = ends[1] = socket(found->ai_family, SOCK_STREAM, 0);
    if (connect(ends[0], found->ai_addr, found->ai_addrlen) < 0) return 3;
  }
  return write(ends[0], "hello", 5) == 5 && read(ends[1], text, 5) == 5 ? 0 : 4;
}
`
/** Exports handle: (i32) -> i32. */
const SERVICE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0],
  ...[7, 10, 1, 6, ...Buffer.from('handle'), 0, 0, 10, 6, 1, 4, 0, 0x20, 0, 0x0b],
)

let folder = ''
const env = { ...process.env, WASI_SDK_PATH: '', POSIX_WASM_TOOLCHAIN: 'npm', POSIX_WASM_CACHE: `${root}/build/cache` }
const compile = (...args: string[]) =>
  execFileSync(process.execPath, [`${root}/dist/cli.js`, 'cc', ...args], { cwd: folder, env, encoding: 'utf8' })

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-snippets-'))
  mkdirSync(path.join(folder, 'node_modules/@opentelemetry'), { recursive: true })
  symlinkSync(root, path.join(folder, 'node_modules/posix-wasm'))
  for (const name of ['prom-client', '@opentelemetry/api'])
    symlinkSync(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name))
  writeFileSync(path.join(folder, 'client.c'), CLIENT)
  for (const name of ['client', 'app']) compile('client.c', '-o', `${name}.wasm`)
  writeFileSync(path.join(folder, 'service.wasm'), SERVICE)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('there is no code in a language that is not tried here', () => {
  const tried = ['js', 'ts', 'c', 'sh', 'console', 'text', 'json', 'make', 'cmake']
  expect([...new Set(snippets.map(({ language }) => language))].filter((each) => !tried.includes(each))).toEqual([])
  expect(titled('js').length).toBeGreaterThan(8)
})

const lackOfSuspend = modesHere().find(({ mode }) => mode === 'suspend')?.lack

test('shell commands have options that exist', () => {
  const lines = snippets.filter(({ language }) => language === 'sh').flatMap(({ code }) => code.split('\n'))
  const options = lines.flatMap((line) => {
    const [, words = ''] = /(?:posix-wasm|cli\.js) (?!cc |c\+\+ )((?:--[^#|>]*)?)/.exec(line) ?? []
    return [...words.matchAll(/(?:^| )(--[a-z-]+)/g)].map(([, name]) => name as string)
  })
  expect(options.length).toBeGreaterThan(5)
  for (const name of options) expect(help()).toContain(name)
})

/** Pages about the inside, which name functions of the sources. */
const ofSources = ['architecture', 'guest-abi', 'native', 'performance', 'programs', 'rationale', 'testing', 'wasi']
/** Functions that are no exports of the library: members of what it returns, of Node's, and of libc. */
const members = [
  ...['start', 'stop', 'close', 'totals', 'figures', 'release', 'destroy', 'resetAndDestroy', 'createServer'],
  ...['require', 'setrlimit', 'shutdown'],
]

test.each(pages.filter((page) => /\.md$/.test(page) && !ofSources.includes(path.basename(page, '.md'))))(
  'every function that %s calls is exported',
  (page) => {
    const text = readFileSync(path.join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '')
    const called = [...text.matchAll(/`(?:await )?([a-z][A-Za-z]*)\(/g)].map(([, name]) => name as string)
    const isKnown = (name: string) => name in library || members.includes(name)
    expect(called.filter((name) => !isKnown(name))).toEqual([])
  },
)

describe('JavaScript runs', () => {
  test.each(titled('js'))('%s', { timeout: 30_000 }, async (_, { code }) => {
    if (lackOfSuspend !== undefined && code.includes("'suspend'")) return console.log(`skipped: ${lackOfSuspend}`)
    const file = path.join(folder, 'snippet.mjs')
    writeFileSync(file, code)
    const { stderr } = await promisify(execFile)(process.execPath, [file], { cwd: folder, timeout: 20_000 })
    expect(stderr.replace(/^\(.*(WASI is an experimental|--trace-warnings).*\n/gm, '')).toBe('')
  })
})

describe('C compiles without a warning', () => {
  test.each(titled('c'))('%s', (_, { code }) => {
    writeFileSync(path.join(folder, 'snippet.c'), code)
    compile('-Wall', '-Werror', `-I${root}/c`, '-c', 'snippet.c')
  })
})

describe('TypeScript is quoted from the sources', () => {
  const sources = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(path.join(root, 'src', name), 'utf8'))
    .join('\n')

  test.each(titled('ts'))('%s', (_, { code }) => expect(sources).toContain(code.trim()))
})
