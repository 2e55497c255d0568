import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { MissingPackage, orMissing } from '../../src/figures/packages.js'

const dist = new URL('../../dist/index.js', import.meta.url)
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Looks for both packages in an empty place, as if they were not installed, and says that it was asked to. */
const hooks = `export function resolve(specifier, context, next) {
  if (!/^(prom-client|@opentelemetry)/.test(specifier)) return next(specifier, context)
  process._rawDebug('looked for ' + specifier)
  return next(specifier, { ...context, parentURL: 'file:///nowhere/app.mjs' })
}`
const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(hooks))})`

function asModule(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** Runs a program where neither package can be found; answers what it prints, both streams. */
function withoutPackages(body: string): string {
  const code = `const { openTelemetry, prometheusText, MissingPackage } = await import(${JSON.stringify(dist.href)})\n${body}`
  // Newer Nodes find module.register out of date, and Node 20 has nothing newer.
  const args = ['--no-deprecation', '--import', asModule(register), '--input-type=module', '-e', `${code}`]
  return execFileSync('sh', ['-c', 'exec "$0" "$@" 2>&1', process.execPath, ...args], { cwd: root, encoding: 'utf8' })
}

describe('where the packages are not installed', () => {
  test('the library is loaded without looking for them', () => {
    expect(withoutPackages("console.log('loaded', typeof MissingPackage)")).toBe('loaded function\n')
  })

  test.each([
    ['prometheusText({})', 'prom-client', 'prometheusText'],
    ['openTelemetry()', '@opentelemetry/api', 'openTelemetry'],
  ])('%s says what to install', (call, name, user) => {
    const print = '(error) => console.log(error instanceof MissingPackage, error.packageName, error.message)'
    expect(withoutPackages(`await ${call}.catch(${print})`)).toBe(
      `looked for ${name}\ntrue ${name} ${user} needs the package ${name}, which is not installed: run npm install ${name} in your project\n`,
    )
  })
})

test.each([
  [
    'another package that is missing',
    Object.assign(new Error("Cannot find package 'tdigest'"), { code: 'ERR_MODULE_NOT_FOUND' }),
  ],
  ['a fault inside the package', new TypeError('prom-client: no such thing')],
])('%s is passed on as it is', (_, error) => {
  expect(() => orMissing('prom-client', 'prometheusText')(error)).toThrow(error)
  expect(error).not.toBeInstanceOf(MissingPackage)
})
