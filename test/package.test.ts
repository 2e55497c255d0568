import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestFile } from './support/command.js'

/* The package as a stranger gets it: packed, installed elsewhere, imported, required, bundled. */
const root = fileURLToPath(new URL('..', import.meta.url))
const program = (load: string) => `${load}
runWithSockets(process.argv[2], { args: ['127.0.0.1', process.argv[3], '/'] }).then((code) => { process.exitCode = code })
`
const PAIR = `#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
int main(void) {
  int ends[2];
  char text[17];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0) return 1;
  write(ends[0], "through a socket", sizeof text);
  read(ends[1], text, sizeof text);
  return puts(text) < 0;
}
`
let app = ''
let server: http.Server
let packedFiles: readonly string[] = []
let port = ''
beforeAll(async () => {
  app = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  const [{ filename: packed, files }] = JSON.parse(
    execFileSync('npm', ['pack', '--silent', '--json', '--pack-destination', app], { cwd: root, encoding: 'utf8' }),
  )
  packedFiles = files.map(({ path }: { path: string }) => path)
  writeFileSync(path.join(app, 'package.json'), '{ "name": "app", "private": true }')
  execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', path.join(app, packed)], { cwd: app })
  server = http.createServer((_, response) => response.end('hello, stranger\n')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  port = String((server.address() as AddressInfo).port)
}, 120_000)
afterAll(() => {
  server?.close()
  rmSync(app, { recursive: true, force: true })
})

/** Runs a file of the app's in a process of its own, without blocking the server here. */
async function run(file: string): Promise<string> {
  const { execFile } = await import('node:child_process')
  const { promisify } = await import('node:util')
  return (await promisify(execFile)(process.execPath, [file, guestFile('http_client'), port], { cwd: app })).stdout
}

describe('the files of the package', () => {
  test('are all that its pages link to', () => {
    const pages = packedFiles.filter((file) => file.endsWith('.md'))
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'CHANGELOG.md', 'docs/command.md']))
    const missing = pages.flatMap((page) =>
      [...readFileSync(path.join(root, page), 'utf8').matchAll(/\]\(([^)#:\s]+)(?:#[^)]*)?\)/g)]
        .map(([, link = '']) => path.posix.join(path.posix.dirname(page), link).replace(/\/$/, ''))
        .filter((file) => !packedFiles.some((packed) => packed === file || packed.startsWith(`${file}/`)))
        .map((file) => `${page}: ${file}`),
    )
    expect(missing).toEqual([])
  })

  test('are licences, examples and the manual page, and neither source maps nor traces of the build', () => {
    const { man } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    const named = ['LICENSE', 'dist/THIRD_PARTY_NOTICES.txt', 'examples/trace.mjs', path.posix.normalize(man)]
    expect(packedFiles).toEqual(expect.arrayContaining(named))
    expect(packedFiles.filter((file) => /\.map$|\/\.|\.(wasm|test\.ts)$/.test(file))).toEqual([])
  })
})

test('the changelog begins with the version of the package, and the lock file has that version too', () => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  expect(/^## (.*)$/m.exec(readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8'))?.[1]).toBe(version)
  expect(JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).version).toBe(version)
})

test('the lock file has the packages of every platform, so that npm ci works on each', () => {
  const { packages } = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'))
  for (const [name, { optionalDependencies = {} }] of Object.entries<{ optionalDependencies?: object }>(packages))
    for (const needed of Object.keys(optionalDependencies)) {
      const places = [`${name}/node_modules/${needed}`, `node_modules/${needed}`]
      expect(
        places.some((place) => place in packages),
        `${name} needs ${needed}`,
      ).toBe(true)
    }
})

describe('the installed package', () => {
  test.each([
    ['imported', 'app.mjs', "import { runWithSockets } from 'posix-wasm'"],
    ['required', 'app.cjs', "const { runWithSockets } = require('posix-wasm')"],
  ])('can be %s', async (_, name, load) => {
    writeFileSync(path.join(app, name), program(load))
    expect(await run(path.join(app, name))).toMatch(/hello, stranger\n$/)
  })

  test('compiles a program that only knows the headers of Linux, and runs it', () => {
    const scope = path.join(app, 'node_modules/@yowasp')
    mkdirSync(scope, { recursive: true })
    symlinkSync(path.join(root, 'node_modules/@yowasp/clang'), path.join(scope, 'clang')) // instead of fetching it again
    writeFileSync(path.join(app, 'pair.c'), PAIR)
    const env = {
      ...process.env,
      WASI_SDK_PATH: '',
      POSIX_WASM_TOOLCHAIN: 'npm',
      POSIX_WASM_CACHE: path.join(app, 'cache'),
      POSIX_WASM_MODE: 'worker', // native would need a package that this app has not installed
    }
    const bin = path.join(app, 'node_modules/.bin/posix-wasm')
    execFileSync(bin, ['cc', 'pair.c', '-o', 'pair.wasm'], { cwd: app, env })
    expect(execFileSync(bin, ['pair.wasm'], { cwd: app, env, encoding: 'utf8' })).toBe('through a socket\n')
  })

  test('can be bundled, with the two worker files beside the bundle', async () => {
    const outdir = path.join(app, 'bundle')
    writeFileSync(path.join(app, 'entry.mjs'), program("import { runWithSockets } from 'posix-wasm'"))
    const entryPoints = {
      app: path.join(app, 'entry.mjs'),
      helper: path.join(app, 'node_modules/posix-wasm/dist/helper.js'),
      guest: path.join(app, 'node_modules/posix-wasm/dist/guest.js'),
    }
    await build({ entryPoints, outdir, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' })
    writeFileSync(path.join(outdir, 'package.json'), '{ "type": "module" }')
    rmSync(path.join(app, 'node_modules'), { recursive: true })
    expect(await run(path.join(outdir, 'app.js'))).toMatch(/hello, stranger\n$/)
  })
})

test('the worker files need no other file', () => {
  for (const name of ['helper.js', 'guest.js']) {
    const code = readFileSync(path.join(root, 'dist', name), 'utf8')
    const imports = [...code.matchAll(/^import .* from ["']([^"']+)["']/gm)].map(([, from]) => from ?? '')
    expect(imports.filter((from) => from.startsWith('.'))).toEqual([])
    expect(code).not.toMatch(/import\(["']\.\.?\//)
  }
})

test('every file that exports names is built', () => {
  const built = readdirSync(path.join(root, 'dist'))
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  const files = [...JSON.stringify(exports).matchAll(/"\.\/dist\/([^"]+)"/g)].map(([, name]) => name)
  expect(files.length).toBeGreaterThan(4)
  for (const name of files) expect(built).toContain(name)
})
