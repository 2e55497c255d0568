import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  formatCall,
  type InstantiateOptions,
  instantiateWithSockets,
  OptionError,
  RecordingError,
  type RunOptions,
  runWithSockets,
} from '../src/index.js'
import { CommandRun, command, guestFile } from './support/command.js'
import { drop, i32, tinyGuest } from './support/tiny-wasm.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => path.join(folder, name)

type Told = { readonly code: number; readonly output: string; readonly calls: readonly string[] }

/** Runs a guest in its thread: its exit code, its output, and its calls without the times they took. */
async function told(guest: string, options: RunOptions): Promise<Told> {
  const output: Uint8Array[] = []
  const calls: string[] = []
  const code = await runWithSockets(guestFile(guest), {
    timeoutMs: 50_000,
    stdin: 'ignore',
    ...options,
    stdout: (bytes) => void output.push(bytes),
    trace: (event) => void calls.push(formatCall(event).replace(/ <[^>]*>$/, '')),
  })
  return { code, output: Buffer.concat(output).toString(), calls }
}

/** An HTTP server, as another process would be one. */
async function withServer<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = http.createServer((_, response) => response.end(`it is ${process.hrtime.bigint()}\n`))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    return await use(String((server.address() as AddressInfo).port))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

const guests = [
  'addresses',
  'echo',
  'epoll',
  'dup2',
  'half_close',
  'ipv6',
  'messages_many',
  'poll_states',
  'select',
  'timeouts',
  'udp',
  'pipe',
]

describe('a guest in its own thread', () => {
  test.each(guests)('%s gives the same output by the same calls, time after time', async (guest) => {
    const record = file(`${guest}.rec`)
    const recorded = await told(guest, { record })
    expect(recorded.calls.length).toBeGreaterThan(5)
    for (let time = 0; time < 3; time++) expect(await told(guest, { replay: record })).toEqual(recorded)
  })

  test('a client is replayed when its server is gone, and on the calling thread too', async () => {
    const record = file('client.rec')
    const { args, recorded } = await withServer(async (port) => {
      const args = ['127.0.0.1', port, '/']
      return { args, recorded: await told('http_client', { args, record }) }
    })
    expect(recorded.output).toMatch(/it is \d+/)
    expect(await told('http_client', { args, replay: record })).toEqual(recorded)
    let output = ''
    const stdout = (bytes: Uint8Array) => {
      output += Buffer.from(bytes).toString()
    }
    const { start } = await instantiateWithSockets(guestFile('http_client'), {
      args,
      replay: record,
      stdout,
      stdin: 'ignore',
    })
    expect([await start(), output]).toEqual([0, recorded.output])
  })

  test('what the host gave it comes out of the recording', async () => {
    const record = file('curl.rec')
    const { args, recorded } = await withServer(async (port) => {
      const args = [`http://127.0.0.1:${port}/`]
      return { args, recorded: await told('curl_demo', { args, record, env: { A: 'b' } }) }
    })
    expect(await told('curl_demo', { args, replay: record, env: { A: 'b' } })).toEqual(recorded)
    await expect(told('curl_demo', { args, replay: record, env: { A: 'c' } })).rejects.toMatchObject({
      name: 'RecordingError',
      reason: 'start',
      message: expect.stringContaining('environment variable A'),
    })
  })

  test('what differs stops it, at the call that does', async () => {
    const record = file('differs.rec')
    const guest = tinyGuest(
      [
        ['env', 'family', 0],
        ['posix_sockets', 'socket', 3],
      ],
      (call) => [[...call('family'), ...call('socket', i32(1), i32(0))], drop],
    )
    const run = async (family: number, options: InstantiateOptions) => {
      const { start } = await instantiateWithSockets(guest, { ...options, imports: { env: { family: () => family } } })
      return await start()
    }
    expect(await run(2, { record })).toBe(0)
    expect(await run(2, { replay: record })).toBe(0)
    await expect(run(10, { replay: record })).rejects.toMatchObject({
      name: 'ReplayDiverged',
      call: 2,
      recorded: expect.stringContaining('family="inet"'),
      asked: expect.stringContaining('family="inet6"'),
    })
  })

  test('a recording of something else is refused', async () => {
    const record = file('echo.rec')
    await told('echo', { record })
    await expect(told('udp', { replay: record })).rejects.toMatchObject({ name: 'RecordingError', reason: 'module' })
    await expect(told('echo', { replay: record, args: ['x'] })).rejects.toBeInstanceOf(RecordingError)
    const bytes = fs.readFileSync(record)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 4
    fs.writeFileSync(file('flipped.rec'), bytes)
    await expect(told('echo', { replay: file('flipped.rec') })).rejects.toMatchObject({ reason: 'damaged' })
    fs.writeFileSync(file('half.rec'), bytes.subarray(0, bytes.length >> 2))
    await expect(told('echo', { replay: file('half.rec') })).rejects.toMatchObject({ reason: 'truncated' })
    await expect(told('echo', { replay: guestFile('echo') })).rejects.toMatchObject({ reason: 'foreign' })
    await expect(told('echo', { replay: file('none.rec') })).rejects.toMatchObject({ reason: 'unreadable' })
    await expect(told('echo', { record, replay: record })).rejects.toBeInstanceOf(OptionError)
  })
})

describe('the command', () => {
  test('records, shows and replays', async () => {
    const record = file('command.rec')
    const args = await withServer(async (port) => {
      const args = [guestFile('http_client'), '127.0.0.1', port, '/']
      expect((await command(['--record', record, ...args])).code).toBe(0)
      return args
    })
    const shown = await command(['recording', 'show', record])
    expect(shown.stdout).toMatch(/^\d+ connect\(handle=1, to=127\.0\.0\.1:\d+\) = /m)
    const { code, stdout, stderr } = await command(['--replay', record, ...args])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/it is \d+/)
    const other = await command(['--replay', record, ...args.slice(0, 3), '/other'])
    expect(other.code).toBe(125)
    expect(other.stderr).toMatch(/^posix-wasm: .* was recorded with the arguments .*\n$/)
  })

  test('killed while it records, it leaves a recording up to there', async () => {
    const record = file('killed.rec')
    const run = new CommandRun(['--record', record, guestFile('wamr_echo_server'), '4', '1'])
    const [, port] = await run.printed(/port (\d+)/)
    const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {})
    socket.write('x')
    await once(socket, 'data') // by now the calls before are in the file
    run.child.kill('SIGKILL')
    await run.finished()
    socket.destroy()
    const { code, stderr } = await command(['--replay', record, guestFile('wamr_echo_server'), '4', '1'])
    expect(code).toBe(125)
    expect(stderr).toMatch(/^posix-wasm: .*killed\.rec .*\n$/)
    const partly = await command(['--cut-off', '--replay', record, guestFile('wamr_echo_server'), '4', '1'])
    expect(partly.stdout).toMatch(/^port \d+$/m)
    expect(partly.code).toBe(125)
    expect((await command(['recording', 'show', record])).stdout).toMatch(/ listen\(/)
  })

  test('does not write a recording over the module, and says at once where it cannot write', async () => {
    const module = file('module.wasm')
    fs.copyFileSync(guestFile('echo'), module)
    const over = await command(['--record', module, module])
    expect(over.code).toBe(125)
    expect(over.stderr).toMatch(/^posix-wasm: record: .* is the module itself.*\n$/)
    expect(fs.readFileSync(module).equals(fs.readFileSync(guestFile('echo')))).toBe(true)
    const begun = performance.now()
    const nowhere = await command(['--record', file('no/such/folder'), module])
    expect([nowhere.code, nowhere.stderr.split('\n').length]).toEqual([125, 2])
    expect(performance.now() - begun).toBeLessThan(4000) // the helper is not waited for
  })

  test('keeps a recording from others, though the file was there', async () => {
    const record = file('open.rec')
    fs.writeFileSync(record, '')
    fs.chmodSync(record, 0o644)
    expect((await command(['--record', record, guestFile('echo')])).code).toBe(0)
    expect(fs.statSync(record).mode & 0o777).toBe(0o600)
  })

  test('knows which function was called', async () => {
    const record = file('invoked.rec')
    expect((await command(['--record', record, '--invoke', '_start', guestFile('echo')])).code).toBe(0)
    const other = await command(['--replay', record, '--invoke', '_start', guestFile('echo'), '1'])
    expect(other.stderr).toMatch(/was recorded with the option invoke /)
  })
})
