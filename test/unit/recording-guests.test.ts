import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ReplayDiverged } from '../../src/recording/errors.js'
import { openReplay } from '../../src/recording/replay.js'
import { guestFile } from '../support/command.js'
import { compiled, type Ran, record, replay, type Start } from '../support/recorded.js'
import { copier, drop, get, i32, opener, set, tinyGuest } from '../support/tiny-wasm.js'

/** Guests of test/guests that are client and server in one; how often each is replayed. */
const guests: [name: string, times: number, start?: Omit<Start, 'module'>][] = [
  ['echo', 100],
  ['udp', 100],
  ['udp_connected', 100],
  ['getaddrinfo', 100],
  ['epoll', 100],
  ['half_close', 100],
  ['timeouts', 100],
  ['pipe', 100],
  ['socketpair', 100],
  ['stdin_poll', 100, { stdin: 'some input' }],
  ['vectors', 100],
  ['loop_epoll', 10], // 20,000 calls each time
]

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const fileOf = (name: string) => path.join(folder, `${name}.rec`)

function told({ code, output, calls }: Ran) {
  return { code, output, calls }
}

describe.each(guests)('%s', (name, times, start) => {
  test(`is replayed ${times} times with the same output and the same calls, in less time than it ran`, async () => {
    const guest = { module: await compiled(guestFile(name)), ...start }
    const recorded = await record(guest, fileOf(name))
    expect(recorded.output).not.toBe('')
    expect(recorded.calls.length).toBeGreaterThan(30)
    let tookMs = 0
    for (let time = 0; time < times; time++) {
      const replayed = await replay(guest, fileOf(name))
      expect(told(replayed)).toEqual(told(recorded))
      tookMs += replayed.tookMs
    }
    expect(tookMs / times).toBeLessThan(recorded.tookMs)
  })
})

test('a client is replayed without the server it was recorded with', async () => {
  const serve = `const { parentPort } = require('node:worker_threads')
    const server = require('node:http').createServer((_, response) => response.end('served ' + process.hrtime.bigint()))
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
  const server = new Worker(serve, { eval: true })
  const port = await new Promise<number>((resolve) => server.once('message', resolve))
  const client = { module: await compiled(guestFile('http_client')), args: ['127.0.0.1', String(port), '/'] }
  const recorded = await record(client, fileOf('http'))
  await server.terminate()
  expect(recorded.output).toMatch(/served \d+/)
  expect(told(await replay(client, fileOf('http')))).toEqual(told(recorded))
})

test('a run that nobody traced is replayed with a trace, which tells the times of then', async () => {
  const module = await compiled(guestFile('timeouts'))
  const recorded = await record({ module, isTraced: false }, fileOf('untraced'))
  const replayed = await replay({ module }, fileOf('untraced'))
  expect(replayed.output).toBe(recorded.output)
  expect([recorded.calls.length, replayed.calls.length > 30]).toEqual([0, true])
  expect(replayed.tracedMs).toBeGreaterThan(100)
})

test('input is replayed from the recording, and what is written is compared', async () => {
  const module = await compiled(copier())
  const { output } = await record({ module, stdin: 'some input' }, fileOf('copier'))
  expect(output).toBe('some inputend')
  expect((await replay({ module, stdin: 'other input' }, fileOf('copier'))).output).toBe('some inputend')
})

test('a replayed guest that ends otherwise has left the recording', async () => {
  const module = await compiled(opener(7))
  await record({ module }, fileOf('opener'))
  const other = { ...module, loaded: (await compiled(opener(8))).loaded } // with the same hash
  await expect(replay({ module: other }, fileOf('opener'))).rejects.toThrow(
    /recorded was exit\(code=7\), asked was exit\(code=8\)/,
  )
})

test('a replayed guest that asks less has left the recording', async () => {
  await record({ module: await compiled(opener(7)) }, fileOf('opener'))
  const replay = openReplay(fileOf('opener'))
  expect(() => replay.finish({ code: 7 })).toThrow(ReplayDiverged)
  replay.close()
})

/** Writes what is known of a file, 64 bytes, to standard output; the exit code is the errno. Without a name it is its first directory. */
const teller = (name = '') =>
  tinyGuest(
    [
      ['wasi_snapshot_preview1', 'path_filestat_get', 5],
      ['wasi_snapshot_preview1', 'fd_filestat_get', 2],
      ['wasi_snapshot_preview1', 'fd_write', 4],
      ['wasi_snapshot_preview1', 'proc_exit', 1, false],
    ],
    (call) => [
      name === ''
        ? call('fd_filestat_get', i32(3), i32(128))
        : call('path_filestat_get', i32(3), i32(0), i32(64), i32(name.length), i32(128)),
      set(0),
      call('fd_write', i32(1), i32(96), i32(1), i32(112)),
      drop,
      call('proc_exit', get(0)),
    ],
    { 64: [...Buffer.from(name)], 96: [128, 0, 0, 0, 64, 0, 0, 0] },
  )

describe('of files', () => {
  test.each([
    ['a path', '.'],
    ['a descriptor', ''],
  ])('in memory the times are replayed, by %s', async (_, name) => {
    const guest = { module: await compiled(teller(name)) }
    const recorded = await record(guest, fileOf('root'))
    expect(recorded.code).toBe(0)
    const begun = Date.now()
    await vi.waitUntil(() => Date.now() > begun) // the directory would have another time
    expect((await replay(guest, fileOf('root'))).output).toBe(recorded.output)
  })

  const inDirectory = async () => {
    const file = path.join(fs.mkdtempSync(path.join(folder, 'dir-')), 'f')
    fs.writeFileSync(file, 'as it was')
    return { file, guest: { module: await compiled(teller('f')), dirs: { '/': path.dirname(file) } } }
  }

  test('of the host the times are replayed, whatever they are now', async () => {
    const { file, guest } = await inDirectory()
    const recorded = await record(guest, fileOf('touched'))
    fs.utimesSync(file, 1, 1)
    expect((await replay(guest, fileOf('touched'))).output).toBe(recorded.output)
  })

  test('one that has another size stops the replay', async () => {
    const { file, guest } = await inDirectory()
    await record(guest, fileOf('grown'))
    fs.appendFileSync(file, ' and more')
    const replayed = replay(guest, fileOf('grown'))
    await expect(replayed).rejects.toThrow(ReplayDiverged)
    await expect(replayed).rejects.toThrow(
      /call \d+: recorded was filestat\(.* size=9.*, asked was filestat\(.* size=18/,
    )
  })
})
