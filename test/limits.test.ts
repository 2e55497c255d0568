import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import {
  type Figures,
  instantiateWithSockets,
  ModuleError,
  OptionError,
  type RunOptions,
  runWithSockets,
  type SocketEvent,
} from '../src/index.js'
import { command, guestFile } from './support/command.js'
import { get, i32, set, tinyGuest } from './support/tiny-wasm.js'

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const exit = ['wasi_snapshot_preview1', 'proc_exit', 1, false] as const
/** `memory.grow` by so many pages, and `memory.size`. */
const grow = (pages: number) => [...i32(pages), 0x40, 0]
const size = [0x3f, 0]

/** Exits with how many pages it has after it has asked for a thousand, one at a time. */
const greedy = () =>
  tinyGuest([exit], (call) => [
    [0x03, 0x40, ...grow(1), 0x41, 0, 0x4e, 0x0d, 0, 0x0b], // grows until it fails
    call('proc_exit', size),
  ])

/** Opens sockets until that fails, and exits with the errno. */
const opener = () =>
  tinyGuest([['posix_sockets', 'socket', 3], exit], (call) => [
    [0x03, 0x40, ...call('socket', i32(2), i32(1), i32(0)), ...set(0), ...get(0), 0x41, 0, 0x4e, 0x0d, 0, 0x0b],
    call('proc_exit', i32(0), get(0), [0x6b]),
  ])

async function withServer<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = net.createServer((socket) => socket.on('data', () => socket.end('x'.repeat(100_000))))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    return await use(String((server.address() as AddressInfo).port))
  } finally {
    server.close()
  }
}

describe('limits', () => {
  test('memory cannot grow beyond, in either thread, though the module declares no end', async () => {
    const limits = { memoryBytes: 20 * 65_536 + 1 }
    expect(await runWithSockets(greedy(), { limits })).toBe(20)
    const { start } = await instantiateWithSockets(greedy(), { limits })
    expect(await start()).toBe(20)
  })

  test('a module that begins with more is refused, and so is one that came compiled', async () => {
    const big = runWithSockets(guestFile('echo_server'), { limits: { memoryBytes: 65_536 } })
    await expect(big).rejects.toThrow(ModuleError)
    await expect(big).rejects.toMatchObject({ code: 'MEMORY_LIMIT' })
    const broken = runWithSockets(new Uint8Array(9), { limits: { memoryBytes: 65_536 } })
    await expect(broken).rejects.toMatchObject({ code: 'NOT_WEBASSEMBLY' })
    const compiled = await WebAssembly.compile(greedy())
    await expect(runWithSockets(compiled, { limits: { memoryBytes: 65_536 } })).rejects.toThrow(OptionError)
  })

  test('a guest may have so many sockets', async () => {
    const notices: string[] = []
    const limits = { sockets: 5 }
    expect(await runWithSockets(opener(), { limits, notice: (text) => notices.push(text) })).toBe(33) // EMFILE
    expect(notices).toEqual(['the guest has reached its limit, --limit sockets=5'])
  })

  test('a guest may receive so much', async () => {
    const run = (limit: string) =>
      withServer((port) => command(['--limit', limit, guestFile('wamr_client'), '4', port]))
    expect(await run('bytes-in=1M')).toMatchObject({ code: 0, stderr: '' })
    const less = await run('bytes-in=10K')
    expect(less.code).toBe(1)
    expect(less.stdout).toMatch(/recv failed: Network is down/)
    expect(less.stderr).toBe('posix-wasm: the guest has reached its limit, --limit bytes-in=10240\n')
  })

  test.each([
    ['bytes=1', /--limit <name=number>.* write it as NAME=NUMBER, of sockets, .*, memory\./],
    ['memory', /write it as NAME=NUMBER/],
    ['memory=1', /the limit memory must be a whole number, 65536 or more, not 1\./],
    ['sockets=1.5', /the limit sockets must be a whole number, 0 or more, not 1\.5/],
    ['datagrams-per-second=0', /the limit datagrams-per-second must be a number above 0, not 0/],
    ['bytes-per-second-in=0', /the limit bytes-per-second-in must be a number above 0, not 0/],
    ['pending-bytes=0', /the limit pending-bytes must be a whole number above 0, not 0/],
  ])('%s is no limit', async (limit, message) => {
    const { code, stderr } = await command(['--limit', limit, guestFile('echo_server'), '0'])
    expect(code).toBe(125)
    expect(stderr).toMatch(message)
  })
})

describe('figures', () => {
  test('tell what a guest did, at its end and while it runs', async () => {
    const told: Figures[] = []
    const events: SocketEvent[] = []
    await withServer((port) =>
      runWithSockets(guestFile('wamr_client'), {
        args: ['4', port],
        stdout: 'ignore',
        figuresEveryMs: 1,
        onFigures: (figures) => void told.push(figures),
        onSocketEvent: (event) => void events.push(event),
      }),
    )
    expect(told.at(-1)).toMatchObject({
      connections: { made: 1, accepted: 0 },
      transports: { tcp: { opened: 1, open: 0, bytesSent: 19, bytesReceived: 100_000 } },
    })
    expect(events).toMatchObject([{ is: 'closed', socket: { bytesReceived: 100_000 } }])
  })

  test('are a table of the command, also for a guest that is stopped', async () => {
    const whole = await withServer((port) => command(['--stats', guestFile('wasmedge2_client'), '4', port]))
    expect(whole.stderr).toMatch(/^tcp +1 +0 +19 +100000 /m)
    expect(whole.stderr).toMatch(/^connections +1 made/m)
    const stopped = await command(['--stats', '--timeout', '2', guestFile('wamr_echo_server'), '4', '1'])
    expect(stopped.code).toBe(124)
    expect(stopped.stderr).toMatch(/^tcp +1 +1 /m)
  })

  test('of a replay are those of its recording', async () => {
    const record = path.join(folder, 'opener.rec')
    const count = async (options: RunOptions) => {
      let opened = 0
      const onFigures = ({ sockets }: Figures) => {
        opened = sockets.opened
      }
      await runWithSockets(opener(), { descriptors: 8, ...options, onFigures })
      return opened
    }
    expect([await count({ record, figuresEveryMs: 1 }), await count({ replay: record })]).toEqual([5, 5])
  })
})
