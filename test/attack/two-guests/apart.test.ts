import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import getPort from 'get-port'
import { expect, onTestFinished, test } from 'vitest'
import { type Figures, GuestTimeout, instantiateWithSockets, type StartOptions } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { acceptor, copier, drop, i32, opener, tinyGuest, unreachable } from '../../support/tiny-wasm.js'
import { within } from '../../support/workers.js'
import { connector, LIMIT_MS, quiet, reason, residentOf, starting } from './scene.js'

/* Two guests of one process and thread: what is given to one, and what becomes of it, is no affair of the other's. */

describeAttacks('two guests', (mode) => {
  const start = starting(mode)
  const resident = (options: StartOptions = {}) => residentOf(mode, options)

  test.each<[string, () => Promise<unknown>]>([
    ['is stopped', async () => (await start(acceptor(await getPort()))).stop(reason)],
    [
      'is stopped by a signal',
      () => start(acceptor(0), { signal: AbortSignal.timeout(20) }).then(({ exitCode }) => exitCode),
    ],
    ['has no time left', () => start(acceptor(0), { timeoutMs: 20 }).then(({ exitCode }) => exitCode)],
    ['traps', () => start(tinyGuest([], () => [unreachable])).then(({ exitCode }) => exitCode)],
    ['exits', () => start(opener(3)).then(({ exitCode }) => exitCode)],
    ['cannot be started', () => start(tinyGuest([['env', 'f', 0]], () => []))],
    ['is no module', () => start(Uint8Array.of(1, 2, 3))],
    [
      'has a callback that throws',
      () => start(opener(3), { onListen: () => Promise.reject(reason) as never }).then(({ exitCode }) => exitCode),
    ],
    [
      'has an output that fails',
      () => start(copier(), { stdin: 'x', stdout: failing() }).then(({ exitCode }) => exitCode),
    ],
    ['is instantiated and closed', async () => (await instantiateWithSockets(opener(3), { mode, ...quiet })).close()],
  ])('a guest goes on while another %s', async (_, other) => {
    const { talks, ends } = await resident()
    await talks()
    await within(
      LIMIT_MS,
      other().catch(() => {}),
    )
    await talks()
    await ends()
  })

  test('the time of one is not the other’s', async () => {
    const { talks, ends } = await resident({ timeoutMs: 60_000 })
    const other = await start(acceptor(0), { timeoutMs: 50 })
    await expect(within(LIMIT_MS, other.exitCode)).rejects.toThrow(GuestTimeout)
    await talks()
    await ends()
  })

  test('the callbacks of one are called for it alone', async () => {
    const told: string[] = []
    const to = (name: string) => ({
      trace: ({ call }: { call: string }) => void told.push(`${name} ${call}`),
      onListen: () => void told.push(`${name} listens`),
      onSocketEvent: ({ is }: { is: string }) => void told.push(`${name} ${is}`),
      onRefusal: ({ operation }: { operation: string }) => void told.push(`${name} refused ${operation}`),
    })
    const guests = [start(opener(1), to('one')), start(acceptor(1), { ...to('other'), network: { allow: [] } })]
    await within(LIMIT_MS, Promise.all(guests.map(async (guest) => (await guest).exitCode)))
    const of = (name: string) => told.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length + 1))
    expect(of('one')).toEqual(expect.arrayContaining(['socket', 'bind', 'listen', 'listens', 'closed']))
    expect(of('one').some((line) => line.startsWith('refused') || line === 'accept')).toBe(false)
    expect(of('other')).toEqual(expect.arrayContaining(['refused bind', 'accept']))
    expect(of('other')).not.toContain('listens')
  })

  test('the figures of one count it alone', async () => {
    const figures: Record<string, Figures> = {}
    const counting = (name: string) => ({
      onFigures: (latest: Figures) => void Object.assign(figures, { [name]: latest }),
    })
    const guests = [
      start(opener(1), counting('one')),
      start(
        tinyGuest([], () => []),
        counting('other'),
      ),
    ]
    await within(LIMIT_MS, Promise.all(guests.map(async (guest) => (await guest).exitCode)))
    expect([figures['one']?.sockets.opened, figures['other']?.sockets.opened]).toEqual([2, 0])
    expect(figures['other']?.operations.open).toBeUndefined()
  })

  test('the rules of one bind it alone', async () => {
    const server = net.createServer((socket) => socket.on('error', () => {}).destroy()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const onRefusal = () => {}
    const rules = [{ allow: [] }, undefined, { allow: [`connect:127.0.0.1:${port}`] }, { deny: ['loopback'] }]
    const codes = rules.map(async (network) => {
      const { exitCode } = await start(connector(port), { onRefusal, ...(network && { network }) })
      return exitCode
    })
    const EACCES = 2
    expect(await within(LIMIT_MS, Promise.all(codes))).toEqual([EACCES, 0, 0, EACCES])
  })

  test('the limits of one bind it alone', async () => {
    const EMFILE = 33
    const limited = start(connector(1), { limits: { sockets: 0 } })
    const free = start(connector(await getPort()))
    const codes = await within(LIMIT_MS, Promise.all([limited, free].map(async (guest) => (await guest).exitCode)))
    expect(codes.map((code) => code === 0 || code === EMFILE)).toEqual([false, false])
    const { talks, ends } = await resident({ limits: { bytesPerSecondIn: 1e6, bytesIn: 100 } })
    const other = await resident()
    for (let turn = 0; turn < 30; turn++) await other.talks() // more bytes than the first may have
    await talks()
    await Promise.all([ends(), other.ends()])
  })

  test('the environment and the name of one are its own', async () => {
    const env = tinyGuest(
      [
        ['wasi_snapshot_preview1', 'environ_sizes_get', 2],
        ['wasi_snapshot_preview1', 'proc_exit', 1, false],
      ],
      (call) => [call('environ_sizes_get', i32(64), i32(68)), drop, call('proc_exit', [...i32(64), 0x28, 2, 0])],
    )
    const guests = [{ A: '1', B: '2' }, {}, { C: '3' }].map(async (each) => (await start(env, { env: each })).exitCode)
    expect(await within(LIMIT_MS, Promise.all(guests))).toEqual([2, 0, 1])
  })

  test('what one is given cannot be changed after that', async () => {
    const network = { allow: [] as string[] }
    const env: Record<string, string> = {}
    const onRefusal = () => {}
    const running = start(connector(1), { network, env, onRefusal })
    network.allow.push('*')
    env['A'] = 'late'
    const EACCES = 2
    expect(await within(LIMIT_MS, (await running).exitCode)).toBe(EACCES)
  })
})

function failing(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(reason) })
}
