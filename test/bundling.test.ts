import { execFile, execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { guestFile } from './support/command.js'

/* docs/bundling.md: an app is bundled with each bundler, taken to a folder without packages, and run there. */
const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
let folder = ''
let server: http.Server
let port = ''
const at = (...names: string[]) => path.join(folder, ...names)

/** Bundlers that are no dependencies of this package, with their plugins: fetched for the tests. */
const FETCHED = [
  'webpack@5',
  'rollup@4',
  '@rollup/plugin-node-resolve@16',
  '@rollup/plugin-commonjs@28',
  '@rollup/plugin-json@6',
  'postject@1.0.0-alpha.6',
]
let lackOfFetched: string | undefined

const app = (imports: string) => `${imports}
runWithSockets(process.argv[2], { mode: 'worker', args: ['127.0.0.1', process.argv[3], '/'] }).then(
  (code) => { process.exitCode = code },
  (error) => {
    console.error(error.name + ': ' + error.message)
    process.exitCode = 1
  },
)
`
const IMPORTED = "import { runWithSockets } from 'posix-wasm'"

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-bundling-'))
  mkdirSync(at('app/node_modules'), { recursive: true })
  symlinkSync(root, at('app/node_modules/posix-wasm'))
  writeFileSync(at('app/entry.mjs'), app(IMPORTED))
  writeFileSync(at('app/entry.cjs'), app("const { runWithSockets } = require('posix-wasm')"))
  mkdirSync(at('tools'))
  writeFileSync(at('tools/package.json'), '{ "name": "tools", "private": true }')
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', ...FETCHED], { cwd: at('tools') })
  } catch (error) {
    lackOfFetched = `they could not be fetched: ${(error as Error).message.split('\n')[0]}`
  }
  server = http.createServer((_, response) => response.end('hello, bundle\n')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  port = String((server.address() as AddressInfo).port)
}, 180_000)
afterAll(() => {
  server?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A package among those that were fetched. */
// biome-ignore lint/suspicious/noExplicitAny: packages without types here
const fetched = (name: string): Promise<any> =>
  import(pathToFileURL(createRequire(at('tools/package.json')).resolve(name)).href).then((all) => all.default ?? all)

const runApp = (program: string, ...args: string[]) => run(program, [...args, guestFile('http_client'), port])
const runFile = (file: string) => runApp(process.execPath, file)

function putWorkersBeside(file: string): void {
  for (const name of ['guest.js', 'helper.js'])
    copyFileSync(`${root}/dist/${name}`, path.join(path.dirname(file), name))
}

interface Build {
  readonly entry: string
  readonly outfile: string
  readonly format: 'esm' | 'cjs'
}
type Bundle = (build: Build) => Promise<unknown>

const withEsbuild: Bundle = ({ entry, outfile, format }) =>
  esbuild.build({ entryPoints: [entry], outfile, format, bundle: true, platform: 'node', logLevel: 'error' })

const withRollup: Bundle = async ({ entry, outfile, format }) => {
  const [{ rollup }, resolve, commonjs, json] = await Promise.all(
    ['rollup', '@rollup/plugin-node-resolve', '@rollup/plugin-commonjs', '@rollup/plugin-json'].map(fetched),
  )
  const plugins = [resolve({ preferBuiltins: true }), commonjs(), json()]
  const bundle = await rollup({ input: entry, plugins, external: optional, onwarn() {} })
  await bundle.write({ file: outfile, format, inlineDynamicImports: true })
}

const withVite: Bundle = async ({ entry, outfile, format }) => {
  const { build } = await import('vite')
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal: true, external: [...optional] },
    build: {
      ssr: entry,
      outDir: path.dirname(outfile),
      rolldownOptions: { output: { format, entryFileNames: path.basename(outfile), codeSplitting: false } },
    },
  })
}

const withWebpack: Bundle = async ({ entry, outfile, format }) => {
  const webpack = await fetched('webpack')
  const output = {
    path: path.dirname(outfile),
    filename: path.basename(outfile),
    ...(format === 'esm' && { module: true, chunkFormat: 'module' }),
  }
  const config = {
    ...{ entry, output, target: 'node20', mode: 'production' },
    externals: Object.fromEntries(
      optional.map((name) => [name, `${format === 'esm' ? 'import' : 'commonjs'} ${name}`]),
    ),
    ...(format === 'esm' && { experiments: { outputModule: true } }),
  }
  await new Promise<void>((resolve, reject) => {
    webpack(config, (error: Error | null, stats: { hasErrors(): boolean; toString(): string }) => {
      if (error || stats.hasErrors()) reject(error ?? new Error(stats.toString()))
      else resolve()
    })
  })
}

/** Packages that the library imports where they are installed, and does without. */
const optional = ['koffi', 'prom-client', '@opentelemetry/api']

const needsFetching: ReadonlySet<Bundle> = new Set([withRollup, withWebpack])
const rows: readonly (readonly [name: string, bundle: Bundle, format: 'esm' | 'cjs', entry: string])[] = [
  ['esbuild, ESM', withEsbuild, 'esm', 'entry.mjs'],
  ['esbuild, CJS', withEsbuild, 'cjs', 'entry.mjs'],
  ['esbuild, CJS from require', withEsbuild, 'cjs', 'entry.cjs'],
  ['rollup, ESM', withRollup, 'esm', 'entry.mjs'],
  ['rollup, CJS', withRollup, 'cjs', 'entry.mjs'],
  ['vite, ESM', withVite, 'esm', 'entry.mjs'],
  ['vite, CJS', withVite, 'cjs', 'entry.mjs'],
  ['webpack, CJS', withWebpack, 'cjs', 'entry.mjs'],
  ['webpack, ESM', withWebpack, 'esm', 'entry.mjs'],
]

describe.each(rows)('%s', (name, bundle, format, entry) => {
  const bringsWorkers = bundle === withWebpack
  const outfile = () => at(name.replace(/\W+/g, '-'), format === 'esm' ? 'app.mjs' : 'app.cjs')
  let lack: string | undefined
  beforeAll(async () => {
    if (needsFetching.has(bundle)) lack = lackOfFetched
    if (lack !== undefined) return console.log(`skipped: ${name}: ${lack}`)
    await bundle({ entry: at('app', entry), outfile: outfile(), format })
  })

  const missing = () =>
    test('says what to do when the worker files are missing', async ({ skip }) => {
      if (lack !== undefined) skip(lack)
      const error = await runFile(outfile()).catch((error) => error)
      expect(error.stderr).toMatch(
        /^OptionError: the file of the \w+'s thread is missing: .*\.js\. Copy guest\.js and helper\.js of posix-wasm\/dist there, or say .*\n$/,
      )
    })
  if (!bringsWorkers) missing()

  test(`runs${bringsWorkers ? ', with the worker files that it has emitted' : ' with the worker files beside it'}`, async ({
    skip,
  }) => {
    if (lack !== undefined) skip(lack)
    if (!bringsWorkers) putWorkersBeside(outfile())
    else expect(readdirSync(path.dirname(outfile())).filter((file) => /\.m?js$/.test(file)).length).toBeGreaterThan(1)
    const { stdout, stderr } = await runFile(outfile())
    expect(stdout).toMatch(/hello, bundle\n$/)
    expect(stderr).toBe('')
  })
})

test('an external package needs nothing', async () => {
  const outfile = at('app/external.mjs')
  await esbuild.build({
    ...{ entryPoints: [at('app/entry.mjs')], outfile, bundle: true, platform: 'node', format: 'esm' },
    external: ['posix-wasm'],
  })
  expect((await runFile(outfile)).stdout).toMatch(/hello, bundle\n$/)
})

test('useWorkerFiles says where the worker files are', async () => {
  const elsewhere = at('worker files')
  mkdirSync(elsewhere)
  putWorkersBeside(path.join(elsewhere, 'x'))
  const files = "{ guest: __dirname + '/../worker files/guest.js', helper: __dirname + '/../worker files/helper.js' }"
  writeFileSync(
    at('app/given.mjs'),
    app(`import { runWithSockets, useWorkerFiles } from 'posix-wasm'\nuseWorkerFiles(${files})`),
  )
  const outfile = at('given/app.cjs')
  await withEsbuild({ entry: at('app/given.mjs'), outfile, format: 'cjs' })
  expect(readdirSync(at('given'))).toEqual(['app.cjs'])
  expect((await runFile(outfile)).stdout).toMatch(/hello, bundle\n$/)
})

test.each([
  ['undefined', /useWorkerFiles takes \{ guest, helper \}, each a path or a URL; guest is neither/],
  ["{ guest: '/x' }", /helper is neither/],
  ['{ guest: 7, helper: 8 }', /guest is neither/],
])('useWorkerFiles(%s) is refused', async (files, line) => {
  const code = `require('posix-wasm').useWorkerFiles(${files})`
  await expect(run(process.execPath, ['-e', code], { cwd: at('app') })).rejects.toThrow(line)
})

test('a single executable runs with the worker files beside it', { timeout: 120_000 }, async ({ skip }) => {
  const place = at('single')
  mkdirSync(place)
  const [main, executable] = [path.join(place, 'app.cjs'), path.join(place, 'app')]
  await withEsbuild({ entry: at('app/entry.mjs'), outfile: main, format: 'cjs' })
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const builds = major > 25 || (major === 25 && minor >= 5)
  const output = builds ? executable : path.join(place, 'app.blob')
  const config = path.join(place, 'sea.json')
  writeFileSync(config, JSON.stringify({ main, output, disableExperimentalSEAWarning: true }))
  await run(process.execPath, [builds ? '--build-sea' : '--experimental-sea-config', config])
  if (!builds) {
    if (lackOfFetched !== undefined) skip(lackOfFetched)
    cpSync(process.execPath, executable)
    const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'
    const postject = createRequire(at('tools/package.json')).resolve('postject/dist/cli.js')
    await run(process.execPath, [postject, executable, 'NODE_SEA_BLOB', output, '--sentinel-fuse', fuse])
  }
  rmSync(main)
  putWorkersBeside(executable)
  expect((await runApp(executable)).stdout).toMatch(/hello, bundle\n$/)
})

test('docs/bundling.md names every bundler that is tried here', () => {
  const page = readFileSync(`${root}/docs/bundling.md`, 'utf8')
  for (const [name] of rows) expect(page).toContain(name.split(',')[0])
})
