import { getEventListeners } from 'node:events'
import fs from 'node:fs'
import { PassThrough, Writable } from 'node:stream'
import getPort from 'get-port'
import { expect, test } from 'vitest'
import {
  GuestTimeout,
  instantiateWithSockets,
  type RunningGuest,
  type StartOptions,
  startWithSockets,
} from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { tracee, writer, yielder } from '../../support/endless-guests.js'
import { resources } from '../../support/resources.js'
import { acceptor, copier, opener, spinner } from '../../support/tiny-wasm.js'
import { within } from '../../support/workers.js'

/* Guests that are stopped at each moment of their lives, in each way, and what is left of them: nothing. */

const LIMIT_MS = 20_000
const reason = new Error('stopped by the test')
const quiet = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const

/** A moment, and how it comes about: `act` is called then. */
type Moment = (act: () => void) => { options?: StartOptions; begun?: (running: RunningGuest) => void; at?: 'now' }
const moments: Readonly<Record<string, Moment>> = {
  'before it is started': (act) => {
    act()
    return {}
  },
  'in the turn after that': (act) => {
    setImmediate(act)
    return {}
  },
  'as soon as it has started': (act) => ({ begun: act }),
  'when it has written': (act) => ({ options: { stdout: () => void setImmediate(act) } }),
  'within a callback': (act) => ({ options: { stdout: act } }),
  'within a trace': (act) => ({ options: { trace: act } }),
}

/** Descriptors of this process, but for those of its own scripts: Node 20 forgets one of a thread that ends as it loads. */
function descriptors(): number {
  const links = fs.readdirSync('/proc/self/fd').map((fd) => {
    try {
      return fs.readlinkSync(`/proc/self/fd/${fd}`)
    } catch {
      return '.js' // it was the folder itself
    }
  })
  return links.filter((link) => !link.endsWith('.js')).length
}

describeAttacks('host process', (mode) => {
  const isSuspended = mode === 'suspend'
  /** A guest that is suspended holds the thread until it waits, so that nothing can be said to one that does not. */
  const guests = { acceptor, ...(!isSuspended && { spinner, writer, yielder, tracee }) }

  const rows = Object.keys(guests).flatMap((guest) => Object.keys(moments).map((moment) => [guest, moment] as const))
  /** Neither writes nor makes a call that a trace tells. */
  const comes = ([guest, moment]: readonly [string, string]) =>
    !(moment === 'within a trace' && /spinner|writer|yielder/.test(guest)) &&
    !(/written|a callback/.test(moment) && /yielder|tracee/.test(guest))

  test.each(rows.filter(comes))('a signal stops a guest, %s, %s', async (name, when) => {
    const abort = new AbortController()
    const moment = (moments[when] as Moment)(() => abort.abort(reason))
    const guest = (guests[name as 'acceptor'] as typeof acceptor)(await getPort())
    const running = startWithSockets(guest, { mode, ...quiet, signal: abort.signal, ...moment.options })
    running.then(moment.begun, () => {})
    await expect(
      within(
        LIMIT_MS,
        running.then(({ exitCode }) => exitCode),
      ),
    ).rejects.toBe(reason)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  })

  test.each(rows.filter(comes).filter(([, when]) => /started$|written|within/.test(when) && !/before/.test(when)))(
    'stop() stops a guest, %s, %s',
    async (name, when) => {
      let running: RunningGuest | undefined
      // A guest that is suspended calls back before it is returned.
      const stop = () => void (running === undefined ? setImmediate(stop) : running.stop(reason))
      const moment = (moments[when] as Moment)(stop)
      const guest = (guests[name as 'acceptor'] as typeof acceptor)(await getPort())
      running = await startWithSockets(guest, { mode, ...quiet, ...moment.options })
      moment.begun?.(running)
      await expect(within(LIMIT_MS, running.exitCode)).rejects.toBe(reason)
      running.stop(new Error('once more'))
    },
  )

  const computing = isSuspended ? { writer, yielder, tracee } : { spinner, writer, yielder, tracee }
  test.each(Object.keys({ acceptor, ...computing }))('time runs out for a guest, %s', async (name) => {
    const guest = ({ acceptor, ...computing }[name as 'acceptor'] as typeof acceptor)(await getPort())
    const running = await startWithSockets(guest, { mode, ...quiet, timeoutMs: 100 })
    await expect(within(LIMIT_MS, running.exitCode)).rejects.toThrow(GuestTimeout)
  })

  test.each(Object.keys({ acceptor, writer, yielder, tracee }))('time runs out on this thread, %s', async (name) => {
    const guest = ({ acceptor, writer, yielder, tracee }[name as 'acceptor'] as typeof acceptor)(await getPort())
    const { start } = await instantiateWithSockets(guest, { mode, ...quiet, timeoutMs: 100 })
    await expect(within(LIMIT_MS, start())).rejects.toThrow(GuestTimeout)
  })

  test.each(['trace', 'stdout'])('a guest on this thread is stopped within %s', async (name) => {
    const abort = new AbortController()
    const options = { mode, ...quiet, signal: abort.signal, [name]: () => abort.abort(reason) }
    const { start } = await instantiateWithSockets(name === 'trace' ? tracee() : writer(), options)
    await expect(within(LIMIT_MS, start())).rejects.toBe(reason)
    expect(getEventListeners(abort.signal, 'abort')).toEqual([])
  })

  test('an abort as it ends, and one after that, change nothing', async () => {
    const abort = new AbortController()
    const onFigures = () => abort.abort(reason)
    const running = await startWithSockets(opener(5), { mode, ...quiet, onFigures, signal: abort.signal })
    const code = await within(
      LIMIT_MS,
      running.exitCode.catch((error: unknown) => error),
    )
    expect([5, reason]).toContain(code)
    running.stop(new Error('too late'))
    expect(await running.exitCode.catch((error: unknown) => error)).toBe(code)
  })

  test.each([
    ['that never takes it', () => new Writable({ write() {} })],
    ['whose promise never settles', () => () => new Promise<void>(() => {})],
  ])('an abort ends the wait for output %s, and the exit code stays', async (_, make) => {
    const abort = new AbortController()
    const options = {
      mode,
      ...quiet,
      stdin: 'text',
      lingerMs: 600_000,
      signal: abort.signal,
      stdout: make() as Writable,
    }
    const stderr = () => void setTimeout(() => abort.abort(reason), 50) // the last that this guest writes
    const running = await startWithSockets(copier(), { ...options, stderr })
    expect([0, reason]).toContain(
      await within(
        LIMIT_MS,
        running.exitCode.catch((error: unknown) => error),
      ),
    )
  })

  test('guests that are stopped after ever longer leave nothing', { timeout: 120_000 }, async () => {
    const module = await WebAssembly.compile(acceptor(await getPort()))
    const once = async (ms: number) => {
      const [stdout, stdin] = [new PassThrough().resume(), new PassThrough()]
      const running = await startWithSockets(module, { mode, stdin, stdout, stderr: 'ignore' })
      setTimeout(() => running.stop(reason), ms)
      await expect(within(LIMIT_MS, running.exitCode)).rejects.toBe(reason)
      for (const stream of [stdin, stdout]) {
        expect(['close', 'data', 'end'].map((name) => stream.listenerCount(name))).toEqual([0, 0, 0])
        expect(stream.listenerCount('error')).toBeLessThanOrEqual(1) // a piece that is not taken may still fail
      }
    }
    if (isSuspended) return // a compiled module cannot be suspended
    for (let ms = 0; ms < 10; ms++) await once(ms)
    const before = { ...(await resources()), descriptors: descriptors() }
    for (let ms = 0; ms < 60; ms += 3) await once(ms)
    const after = { ...(await resources()), descriptors: descriptors() }
    expect([after.descriptors, after.threads, after.active]).toEqual([
      before.descriptors,
      before.threads,
      before.active,
    ])
  })
})
