import fs from 'node:fs'
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
import { guestFile } from './support/command.js'
import { withServer } from './support/hello-server.js'
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

const guests = [
  'addresses',
  'echo',
  'epoll',
  'event_descriptors',
  'dup2',
  'half_close',
  'interfaces',
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
