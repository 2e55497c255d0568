import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { WasmFs } from '@wasmer/wasmfs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type InstantiateOptions,
  instantiateWithSockets,
  type Network,
  OptionError,
  runWithSockets,
  SocketShim,
  virtualNetwork,
} from '../../../src/index.js'
import { AGAIN } from '../../../src/network/network.js'
import { describeAttacks, describeAttacksOutside } from '../../support/attack.js'
import { acceptor, copier, drop, echo, i32, opener, tinyGuest } from '../../support/tiny-wasm.js'
import { within } from '../../support/workers.js'

/* Functions of the host's that a guest imports, and worlds, networks and files of the host's that misbehave. */

const failure = new Error('a mistake of the host')
const loud = () => {
  throw failure
}
const quiet = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
const importer = tinyGuest([['env', 'f', 1]], (call) => [call('f', i32(5)), drop])
const machine = { now: () => performance.now(), time: Date.now, random: () => {} }
/** How long anything may take, in ms. */
const LIMIT_MS = 20_000

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-objects-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

describeAttacks('host process', (mode) => {
  const here = async (guest: Uint8Array<ArrayBuffer>, options: InstantiateOptions) => {
    const { start } = await instantiateWithSockets(guest, { mode, ...quiet, ...options })
    return within(LIMIT_MS, start())
  }

  test.each<[string, unknown, string | typeof failure]>([
    ['throws', loud, failure],
    ['rejects', async () => loud(), 'the import env.f has returned a promise, for which a guest cannot wait'],
    ['resolves', async () => 1, 'the import env.f has returned a promise'],
    ['never settles', () => new Promise(() => {}), 'the import env.f has returned a promise'],
    ['returns a symbol', () => Symbol('x'), 'Cannot convert a Symbol value to a number'],
    ['returns what cannot be a number', () => ({ valueOf: loud }), failure],
  ])('an imported function that %s ends the guest', async (_, f, reason) => {
    const run = here(importer, { imports: { env: { f: f as () => number } } })
    if (typeof reason === 'string') await expect(run).rejects.toThrow(reason)
    else await expect(run).rejects.toBe(reason)
  })

  test('an imported function of another instance is taken as it is', async () => {
    const other = tinyGuest([], () => [])
    const { instance } = await WebAssembly.instantiate(other)
    const f = instance.exports['_start'] as () => void
    await expect(here(importer, { imports: { env: { f } } })).rejects.toThrow(/imported function does not match/)
  })

  test.each<[string, unknown, string]>([
    ['throws', loud, 'a mistake of the host'],
    ['returns a promise', async () => ({}), 'imports must return the functions themselves, not a promise of them'],
    ['returns a promise that rejects', async () => loud(), 'imports must return the functions themselves'],
    ['returns nothing', () => undefined, 'what imports returns must be functions by module and name, not undefined'],
    ['returns a number', () => 5, 'what imports returns must be functions by module and name, not 5'],
  ])('a function of imports that %s is refused', async (_, imports, reason) => {
    await expect(here(importer, { imports: imports as never })).rejects.toThrow(reason)
  })

  test.each<[string, string, string]>([
    ['that is not there', '', 'cannot be loaded'],
    ['that throws', 'throw new Error("a mistake")', 'cannot be loaded: a mistake'],
    ['without imports', 'export const other = {}', 'exports nothing of the name imports'],
    ['with a number for them', 'export const imports = 5', 'imports must be functions by module and name'],
    ['whose functions answer later', 'export const imports = { env: { f: async () => 1 } }', 'has returned a promise'],
    [
      'that rejects meanwhile',
      'export const imports = { env: { f: () => Promise.reject(1) } }',
      'has returned a promise',
    ],
  ])('a module of imports %s is refused', async (what, text, reason) => {
    const file = path.join(folder, `${mode}-${what.replaceAll(' ', '-')}.mjs`)
    if (text !== '') fs.writeFileSync(file, text)
    const run = runWithSockets(importer, { mode, ...quiet, imports: pathToFileURL(file) })
    await expect(within(LIMIT_MS, run)).rejects.toThrow(reason)
    await expect(run).rejects.toBeInstanceOf(OptionError)
  })

  test.each<[string, Partial<typeof machine>]>([
    ['now', { now: loud }],
    ['random', { random: loud }],
    ['time', { time: loud }],
  ])('a world whose %s throws ends the guest with that', async (name, change) => {
    const guest = tinyGuest(
      [
        ['wasi_snapshot_preview1', 'random_get', 2],
        ['wasi_snapshot_preview1', 'poll_oneoff', 4],
      ],
      (call) => [
        call('random_get', i32(64), i32(8)),
        drop,
        call('poll_oneoff', i32(128), i32(256), i32(1), i32(512)),
        drop,
      ],
      { 128: new Array(48).fill(0) },
    )
    const outcome = await here(guest, { world: { ...machine, ...change } }).catch((error: unknown) => error)
    expect(name === 'time' ? [0, failure] : [failure]).toContain(outcome)
  })

  const network = (answer: (name: string) => unknown): Network => ((name: string) => answer(name)) as Network
  test.each<[string, Network]>([
    ['throws', network(loud)],
    ['throws as it waits', network((name) => (name === 'wait' ? loud() : name === 'accept' ? AGAIN : 1))],
    ['returns promises that reject', network(async () => loud())],
    [
      'waits by a promise that rejects',
      network((name) => (name === 'wait' ? Promise.reject(failure) : name === 'accept' ? AGAIN : 1)),
    ],
  ])('a network that %s ends the guest', async (_, given) => {
    if (mode === 'native') return // it is the system's there
    await expect(here(acceptor(1), { network: given })).rejects.toBeInstanceOf(Error)
  })

  test.each<[string, () => unknown]>([
    ['throws', loud],
    ['rejects', async () => loud()],
  ])('a trace of a virtual network that %s ends its guests with that', async (_, trace) => {
    const net = virtualNetwork({ trace: trace as () => void })
    const [one, other] = [net.host('one', ['10.0.0.1']), net.host('other', ['10.0.0.2'])]
    other.createServer((socket) => void socket.on('error', () => {})).listen(80)
    const options = {
      mode: mode === 'native' ? 'worker' : mode,
      ...quiet,
      connect: ['10.0.0.2:80'],
      network: one,
    } as const
    await expect(within(LIMIT_MS, runWithSockets(echo(3), options))).rejects.toBe(failure)
    const { start } = await instantiateWithSockets(echo(3), options).catch((error: unknown) => ({
      start: () => Promise.reject(error),
    }))
    await expect(within(LIMIT_MS, start())).rejects.toBe(failure)
  })

  test.each<[string, object, unknown]>([
    ['throws as it is read', { toJSON: loud, fromJSON() {} }, failure],
    ['throws as it is written', { toJSON: () => new WasmFs().toJSON(), fromJSON: loud }, failure],
    ['holds functions', { toJSON: () => ({ '/a': () => 1 }), fromJSON() {} }, expect.any(Error)],
  ])('files in memory of which one %s are a failure', async (_, files, expected) => {
    if (mode === 'suspend') return // the guest has the files themselves there
    const run = runWithSockets(copier(), { mode, ...quiet, fs: files as never })
    expect(await within(LIMIT_MS, run).catch((error: unknown) => error)).toEqual(expected)
  })

  test('a promise of a callback that is rejected after the guest has ended is a warning', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve))
    const onFigures = () => new Promise((_, reject) => setTimeout(reject, 100, failure)) as never
    expect(await runWithSockets(opener(4), { mode, ...quiet, lingerMs: 1, onFigures })).toBe(4)
    expect((await within(LIMIT_MS, warned)).message).toContain('after its guest had ended: a mistake of the host')
  })

  test('twenty guests share a signal, an output and an input of one process without a warning', async () => {
    const warnings: string[] = []
    const note = (warning: Error) => void warnings.push(String(warning))
    process.on('warning', note)
    const { signal } = new AbortController()
    const { PassThrough } = await import('node:stream')
    const stdout = new PassThrough().resume()
    const runs = Array.from({ length: 20 }, () => runWithSockets(opener(0), { mode, ...quiet, signal, stdout }))
    expect(await within(LIMIT_MS, Promise.all(runs))).toEqual(new Array(20).fill(0))
    await new Promise(setImmediate)
    process.off('warning', note)
    expect([warnings, stdout.listenerCount('error'), stdout.listenerCount('close')]).toEqual([[], 0, 0])
  })
})

describeAttacksOutside('host process', () => {
  test.each(['trace', 'onListen'])(
    'a promise of the %s of a SocketShim that rejects is what its end rejects with',
    async (name) => {
      const shim = new SocketShim({ [name]: async () => loud() })
      const fd = shim.socket({ family: 'inet', type: 'stream', nonBlocking: false })
      shim.run(shim.bind(fd, { family: 'inet', host: '127.0.0.1', port: 0 }))
      shim.run(shim.listen(fd, 1))
      ;(shim.imports.posix_sockets['last_error'] as () => number)()
      await new Promise(setImmediate)
      await expect(within(LIMIT_MS, shim.end(100))).rejects.toBe(failure)
    },
  )

  test('and what its next call throws', async () => {
    const shim = new SocketShim({ trace: async () => loud() })
    const call = shim.imports.posix_sockets['last_error'] as () => number
    call()
    await new Promise(setImmediate)
    expect(call).toThrow(failure)
    await within(LIMIT_MS, shim.end(100))
  })
})
