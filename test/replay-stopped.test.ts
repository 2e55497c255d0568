import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  GuestTimeout,
  instantiateWithSockets,
  type RunningGuest,
  type RunOptions,
  recordingLines,
  runWithSockets,
  startWithSockets,
} from '../src/index.js'
import { CommandRun, command, guestFile } from './support/command.js'
import { acceptor, spinner } from './support/tiny-wasm.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => path.join(folder, name)

/** Starts a guest; answers it, what it has written, and a promise of the first of that. */
async function started(guest: Uint8Array | string, options: RunOptions) {
  const output: string[] = []
  let hear = () => {}
  const heard = new Promise<void>((resolve) => {
    hear = resolve
  })
  const stdout = (bytes: Uint8Array) => {
    output.push(Buffer.from(bytes).toString())
    hear()
  }
  const running = await startWithSockets(guest, { stdin: 'ignore', stderr: 'ignore', ...options, stdout })
  return { running, output, heard }
}

const enough = Object.assign(new Error('enough'), { name: 'EnoughError', code: 'EENOUGH' })
const ways: [name: string, options: RunOptions, stop: (guest: RunningGuest) => void, error: object][] = [
  ['stop', {}, (guest) => guest.stop(enough), { name: 'EnoughError', message: 'enough', code: 'EENOUGH' }],
  ['stop without a reason', {}, (guest) => guest.stop(), { message: 'the guest was stopped' }],
  ['a limit of time', { timeoutMs: 700 }, () => {}, { name: 'GuestTimeout', timeoutMs: 700 }],
]

describe('a guest in its own thread that is stopped', () => {
  test.each(ways)('by %s is replayed up to there, and stopped for the same reason', async (_, options, stop, error) => {
    const guest = acceptor(await getPort())
    const { running, output, heard } = await started(guest, { ...options, record: file('stopped.rec') })
    await heard
    stop(running)
    await expect(running.exitCode).rejects.toMatchObject(error)
    const again = await started(guest, { replay: file('stopped.rec') })
    await expect(again.running.exitCode).rejects.toMatchObject(error)
    expect(again.output).toEqual(output)
    const here = await instantiateWithSockets(guest, { replay: file('stopped.rec'), stdout: 'ignore' })
    await expect(here.start()).rejects.toMatchObject(error)
  })

  test('by a signal, too', async () => {
    const guest = acceptor(await getPort())
    const abort = new AbortController()
    const { running, heard } = await started(guest, { record: file('aborted.rec'), signal: abort.signal })
    await heard
    abort.abort()
    await expect(running.exitCode).rejects.toThrow('This operation was aborted')
    const replayed = runWithSockets(guest, { replay: file('aborted.rec'), stdout: 'ignore' })
    await expect(replayed).rejects.toMatchObject({ name: 'AbortError', message: 'This operation was aborted' })
  })

  test('at any moment leaves a recording that is whole', { timeout: 60_000 }, async () => {
    let calls = 0
    for (let timeoutMs = 60; timeoutMs < 260; timeoutMs += 10) {
      const options = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
      const record = file(`at-${timeoutMs}.rec`)
      const guest = guestFile('loop_epoll')
      await expect(runWithSockets(guest, { ...options, record, timeoutMs })).rejects.toThrow(GuestTimeout)
      if (!fs.existsSync(record)) continue // its thread had not come so far
      const lines = [...recordingLines(record)]
      calls = Math.max(calls, lines.length)
      await expect(runWithSockets(guest, { ...options, replay: record })).rejects.toThrow(
        `the guest was stopped after ${timeoutMs} ms`,
      )
    }
    expect(calls).toBeGreaterThan(200)
  })

  test('before it has begun leaves what lay in the place of its recording', async () => {
    const record = file('before.rec')
    await runWithSockets(guestFile('echo'), { record, stdout: 'ignore', stderr: 'ignore' })
    const bytes = fs.readFileSync(record)
    const { running } = await started(spinner(), { record })
    running.stop(enough)
    await expect(running.exitCode).rejects.toBe(enough)
    expect(fs.readFileSync(record).equals(bytes)).toBe(true)
  })
})

test('on the calling thread the replay ends by the same error', async () => {
  const guest = acceptor(await getPort())
  const run = async (options: object) => (await instantiateWithSockets(guest, { stdout: 'ignore', ...options })).start()
  await expect(run({ record: file('here.rec'), timeoutMs: 100 })).rejects.toThrow(GuestTimeout)
  await expect(run({ replay: file('here.rec') })).rejects.toMatchObject({ name: 'GuestTimeout', timeoutMs: 100 })
})

describe('the command', () => {
  const server = [guestFile('wamr_echo_server'), '4', '1']

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that is ended by %s leaves a recording that ends so', async (signal, code) => {
    const record = file(`${signal}.rec`)
    const run = new CommandRun(['--record', record, ...server])
    const [, port] = await run.printed(/port (\d+)/)
    const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {})
    socket.write('x')
    await once(socket, 'data')
    run.child.kill(signal)
    const recorded = await run.finished()
    socket.destroy()
    expect([recorded.code, recorded.stderr]).toEqual([code, ''])
    const replayed = await command(['--replay', record, ...server])
    expect([replayed.code, replayed.stdout, replayed.stderr]).toEqual([code, recorded.stdout, ''])
    expect((await command(['recording', 'show', record])).stdout).toMatch(
      new RegExp(`\\+\\+\\+ stopped: the guest was stopped by ${signal} \\+\\+\\+\\n$`),
    )
  })

  test('whose time runs out, too', async () => {
    const record = file('time.rec')
    const recorded = await command(['--record', record, '--timeout', '0.7', ...server])
    expect([recorded.code, recorded.stderr]).toEqual([124, 'posix-wasm: the guest was stopped after 700 ms\n'])
    const { code, stdout, stderr } = await command(['--replay', record, ...server])
    expect([code, stdout, stderr]).toEqual([recorded.code, recorded.stdout, recorded.stderr])
  })
})
