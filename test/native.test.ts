import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { describe, expect, test } from 'vitest'
import { lackOfNative } from '../src/host/native-lack.js'
import { instantiateWithSockets, runWithSockets, startWithSockets } from '../src/host.js'
import { listeningPorts } from './support/resources.js'
import { acceptor, opener, spinner } from './support/tiny-wasm.js'
import { within } from './support/workers.js'

const LIMIT_MS = 20_000
/** How long an abort may take. */
const ABORT_MS = 50
const lack = lackOfNative({ isAskedFor: true })
const root = fileURLToPath(new URL('..', import.meta.url))
const guest = (name: string) => path.join(root, 'build/guests', `${name}.wasm`)
const native = { mode: 'native', stdin: 'ignore', stderr: 'ignore' } as const

/** What descriptors of this process lead to, but for files. */
const openSockets = () =>
  fs
    .readdirSync('/proc/self/fd')
    .flatMap((fd) => {
      try {
        return [fs.readlinkSync(`/proc/self/fd/${fd}`)]
      } catch {
        return [] // the one that the folder was read by
      }
    })
    .filter((target) => !target.startsWith('/'))

/** A guest that has told that it runs, and how to stop it. */
async function running(module: Uint8Array | string, args: readonly string[] = []) {
  const abort = new AbortController()
  let told: () => void = () => {}
  const begun = new Promise<void>((resolve) => {
    told = resolve
  })
  const options = { ...native, args, signal: abort.signal, stdout: () => told(), onListen: () => told() }
  const started = await startWithSockets(module, options)
  const either = Promise.race([begun, started.exitCode])
  either.catch(() => {}) // whoever waits for it is told
  return { ...started, begun: either, abort }
}

describe.skipIf(lack !== undefined)(`native mode${lack === undefined ? '' : `: ${lack}`}`, () => {
  describe('an abort ends within 50 ms', () => {
    test.each([
      ['a guest that computes', spinner, []],
      ['a guest that accepts', acceptor, []],
      ['a server that polls', () => guest('echo_server'), []],
    ] as const)('%s', async (_, make, args) => {
      const port = await getPort()
      const { begun, abort, exitCode } = await running(make(port), [...args, String(port)])
      await within(LIMIT_MS, begun)
      const before = performance.now()
      abort.abort(new Error('enough'))
      await expect(within(LIMIT_MS, exitCode)).rejects.toThrow('enough')
      expect(performance.now() - before).toBeLessThan(ABORT_MS)
      expect(listeningPorts().has(port)).toBe(false)
    })

    test('a time-out is kept to on the calling thread too', async () => {
      const port = await getPort()
      const { start } = await instantiateWithSockets(acceptor(port), { ...native, stdout: 'ignore', timeoutMs: 100 })
      const before = performance.now()
      await expect(start()).rejects.toThrow('the guest was stopped after 100 ms')
      expect(performance.now() - before).toBeLessThan(100 + ABORT_MS)
    })
  })

  describe('no descriptor is left open', () => {
    const ways: [string, (count: number) => Promise<unknown>][] = [
      ['after guests that have ended', () => runWithSockets(guest('socketpair'), { ...native, stdout: 'ignore' })],
      ['after guests that have left sockets open', () => runWithSockets(opener(20), { ...native, stdout: 'ignore' })],
      [
        'after guests that were stopped where they waited',
        async () => {
          const { begun, stop, exitCode } = await running(acceptor(await getPort()))
          await begun
          stop(new Error('enough'))
          await expect(exitCode).rejects.toThrow('enough')
        },
      ],
      [
        'after guests that were stopped at any moment',
        async (count) => {
          const { stop, exitCode } = await running(opener(100))
          if (count % 4 > 0) await new Promise((resolve) => setTimeout(resolve, (count % 7) * 5))
          stop(new Error('enough'))
          await exitCode.catch(() => {})
        },
      ],
      [
        'on the calling thread',
        async () => {
          const { start } = await instantiateWithSockets(opener(20), { ...native, stdout: 'ignore' })
          await start()
        },
      ],
    ]

    test.each(ways)('%s', { timeout: 120_000 }, async (_, run) => {
      await run(0) // what is opened once stays
      await run(1)
      const before = openSockets().sort()
      for (let count = 0; count < 40; count++) await run(count)
      expect(openSockets().sort()).toEqual(before)
    })
  })
})
