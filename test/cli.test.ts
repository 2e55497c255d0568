import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { CommandRun, command, guestFile } from './support/command.js'

const wasm = (...bytes: number[]) => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes)
/** Exports `_start`, whose body is given. */
const starting = (...body: number[]) =>
  wasm(
    ...[1, 4, 1, 0x60, 0, 0], // type: () -> ()
    ...[3, 2, 1, 0], // one function
    ...[7, 10, 1, 6, ...Buffer.from('_start'), 0, 0],
    ...[10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b],
  )
const modules = {
  trap: starting(0x00), // unreachable
  forever: starting(0x03, 0x40, 0x0c, 0x00, 0x0b), // loop br 0 end
  // imports env.secret: () -> ()
  needy: wasm(...[1, 4, 1, 0x60, 0, 0], ...[2, 14, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('secret'), 0, 0]),
  // exports add: (i32, i32) -> i32
  add: wasm(
    ...[1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f],
    ...[3, 2, 1, 0],
    ...[7, 7, 1, 3, ...Buffer.from('add'), 0, 0],
    ...[10, 9, 1, 7, 0, 0x20, 0, 0x20, 1, 0x6a, 0x0b],
  ),
  text: Buffer.from('#!/bin/sh\necho no\n'),
  broken: wasm(1, 200),
}

let folder = ''
const file = (name: string) => path.join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  for (const [name, bytes] of Object.entries(modules)) writeFileSync(file(`${name}.wasm`), bytes)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('a mistake ends with one clear line and an exit code of its own', () => {
  /** A trap has the guest's stack below it. */
  const oneLine = /^posix-wasm: [^\n]+\n( {4}at [^\n]+trap\.wasm:0x[0-9a-f]+\)\n)*$/
  test.each([
    ['a file that is not there', () => ['no-such.wasm'], 127, /no-such\.wasm: there is no such file/],
    ['a directory', () => [folder], 127, /it is a directory/],
    ['a file of another kind', () => [file('text.wasm')], 126, /not a WebAssembly module/],
    ['a damaged module', () => [file('broken.wasm')], 126, /not a WebAssembly module/],
    ['an import nobody provides', () => [file('needy.wasm')], 126, /needs env\.secret, which nobody provides/],
    ['a module without _start', () => [file('add.wasm')], 126, /exports no function _start; it has: add/],
    ['a trap', () => [file('trap.wasm')], 134, /the guest trapped: unreachable/],
    ['a guest that never ends', () => ['--timeout', '0.2', file('forever.wasm')], 124, /stopped after 200 ms/],
    ['a function that is not there', () => ['--invoke', 'sub', file('add.wasm')], 126, /no function sub; it has: add/],
  ] as const)('%s', async (_, args, code, line) => {
    const result = await command(args())
    expect(result.stderr).toMatch(oneLine)
    expect(result.stderr).toMatch(line)
    expect(result.code).toBe(code)
    expect(result.stdout).toBe('')
  })

  test.each([
    ['an option there is not', ['--no-such'], /unknown option '--no-such'/],
    ['no module', [], /missing required argument 'module'/],
    ['a variable without a value', ['--env', 'X', 'a.wasm'], /NAME=VALUE/],
    ['a directory that is not there', ['--dir', '/no/such', 'a.wasm'], /there is no directory/],
    ['a time that is none', ['--timeout', 'soon', 'a.wasm'], /a number of seconds/],
    ['two traces', ['--trace', '--trace=json', 'a.wasm'], /'--trace=json' cannot be used with option '--trace'/],
    ['two recordings', ['--record', 'a.rec', '--record', 'b.rec', 'a.wasm'], /given once, and a\.rec was given before/],
    ['two replays', ['--replay', 'a.rec', '--replay', 'b.rec', 'a.wasm'], /given once, and a\.rec was given before/],
  ])('%s', async (_, args, line) => {
    const result = await command(args)
    expect(result.stderr).toMatch(line)
    expect(result.stderr).not.toMatch(/\n {4}at /) // no stack trace
    expect(result.code).toBe(125)
  })
})

test.each(['record', 'replay'])(
  'a file that is forgotten with --%s, so that the module is taken for it',
  async (option) => {
    const { code, stderr } = await command([`--${option}`, file('forgotten.wasm'), '127.0.0.1', '80'])
    expect(stderr).toContain(
      `error: --${option} takes a file, a recording, before the module: ${file('forgotten.wasm')}`,
    )
    expect(code).toBe(125)
  },
)

test('an empty POSIX_WASM_MODE is as good as none', async () => {
  vi.stubEnv('POSIX_WASM_MODE', '')
  try {
    expect(await command(['--invoke', 'add', file('add.wasm'), '40', '2'])).toMatchObject({ stdout: '42\n', code: 0 })
  } finally {
    vi.unstubAllEnvs()
  }
})

test('of a guest that is stopped before its first figures it is said that there are none', async () => {
  const { code, stderr } = await command(['--stats', '--timeout', '0.001', file('forever.wasm')])
  expect(code).toBe(124)
  expect(stderr).toMatch(/\n(sockets +0 opened,|no figures yet: )/)
})

test('of a guest that only computes the figures are printed, too', async () => {
  const { code, stderr } = await command(['--stats', '--timeout', '0.5', file('forever.wasm')])
  expect(code).toBe(124)
  expect(stderr).toMatch(/^posix-wasm: the guest was stopped after 500 ms\nsockets +0 opened,/)
})

test('the figures of a server are printed at SIGUSR2, and after each interval', async () => {
  const run = new CommandRun(['--stats-every', '0.2', guestFile('echo_server'), '--host', '127.0.0.1', '0'])
  await run.printed(/listening on/)
  const tables = /(sockets +1 opened,.*){2}/s
  await run.warned(tables)
  run.child.kill('SIGTERM')
  expect((await run.finished()).code).toBe(143)

  const asked = new CommandRun(['--stats', guestFile('echo_server'), '--host', '127.0.0.1', '0'])
  await asked.printed(/listening on/)
  for (let tables = 1; !/sockets +1 opened,/.test(asked.stderr); tables++) {
    asked.child.kill('SIGUSR2') // its answer may be 100 ms old
    await asked.warned(new RegExp(`(^errors.*){${tables}}`, 'ms'))
  }
  asked.child.kill('SIGTERM')
  expect((await asked.finished()).code).toBe(143)
})

describe('the guest', () => {
  test('its arguments are its own, also those that look like options', async () => {
    const result = await command([guestFile('http_client'), '--trace', '--help', 'x', 'y'])
    expect(result.stderr).toMatch(/usage: http_client/)
    expect(result.code).toBe(1)
  })

  test('an address that cannot be reached is told by the guest in one line', async () => {
    const result = await command([guestFile('http_client'), '127.0.0.1', '1', '/'])
    expect(result.stderr).toBe('http_client: connect 127.0.0.1:1: ECONNREFUSED\n')
    expect(result.code).toBe(3)
  })

  test('an exported function is called with numbers, and its answer printed', async () => {
    expect(await command(['--invoke', 'add', file('add.wasm'), '40', '2'])).toMatchObject({ stdout: '42\n', code: 0 })
  })

  test('its calls are traced as lines of JSON', async () => {
    const { stderr } = await command(['--trace=json', guestFile('wasmedge2_refused'), '1'])
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(events).toEqual([
      expect.objectContaining({ call: 'sock_open', outcome: { result: 0 } }),
      expect.objectContaining({ call: 'sock_connect', outcome: { errno: 'ECONNREFUSED' } }),
    ])
    expect(events[0].arguments[2]).toEqual({ name: 'result', text: '[3]' })
    expect(events[0].durationMs).toBeGreaterThan(0)
  })

  test('its calls are added up, also when it is stopped', async () => {
    const whole = await command(['--trace=summary', guestFile('wasmedge2_refused'), '1'])
    expect(whole.stderr).toMatch(/^ *[\d.]+ +[\d.]+ +\d+ +1 +1 sock_connect$/m)
    expect(whole.stderr).toMatch(/^100\.00 +[\d.]+ +\d+ +2 +1 total$/m)
    const stopped = await command(['--trace=summary', '--timeout', '1', guestFile('wamr_echo_server'), '4', '1'])
    expect(stopped.code).toBe(124)
    expect(stopped.stderr).toMatch(/ 1 {11}sock_listen$/m)
  })

  test('its calls are added up when it is ended by a signal', async () => {
    const run = new CommandRun(['--trace=summary', '--stats', guestFile('wamr_echo_server'), '4', '1'])
    await run.printed(/port/)
    run.child.kill('SIGTERM')
    const { code, stderr } = await run.finished()
    expect(code).toBe(143)
    expect(stderr).toMatch(/ sock_listen$/m)
  })

  test('its calls are traced as strace prints them', async () => {
    const server = http.createServer((_, response) => response.end('hello\n')).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as AddressInfo
    const { stdout, stderr, code } = await command([
      '--trace',
      guestFile('http_client'),
      '127.0.0.1',
      String(port),
      '/',
    ])
    server.close()
    expect(code).toBe(0)
    expect(stdout).toMatch(/\r\n\r\nhello\n$/)
    const lines = stderr.trim().split('\n')
    expect(lines[0]).toMatch(new RegExp(`^getaddrinfo\\("127\\.0\\.0\\.1", "${port}", 0x\\w+, 0x\\w+, \\d+\\) = 1 <`))
    expect(lines[1]).toMatch(/^socket\(2, 1, \d\) = \d+ <\d+\.\d+s>$/)
    expect(lines[2]).toMatch(new RegExp(`^connect\\(\\d+, \\{AF_INET, 127\\.0\\.0\\.1:${port}\\}\\) = 0 <`))
    expect(lines[3]).toMatch(/^send\(\d+, "GET \/ HTTP\/1\.1\\r\\n/)
    expect(lines.at(-1)).toMatch(/^close\(\d+\) = 0 </)
  })

  test('a line that a server prints appears at once, and Ctrl-C ends it while it waits', async () => {
    const run = new CommandRun([guestFile('echo_server'), '0'])
    await run.printed(/listening on .*:\d+\n/)
    run.child.kill('SIGINT')
    expect(await run.finished()).toMatchObject({ signal: 'SIGINT' })
  })
})

describe('the echo server', () => {
  const serve = async (...args: string[]) => {
    const run = new CommandRun([guestFile('echo_server'), ...args, '--host', '127.0.0.1', '0'])
    const [, port] = await run.printed(/listening on 127\.0\.0\.1:(\d+)\n/)
    return { run, port: Number(port) }
  }
  const echo = (port: number, data: Buffer) =>
    new Promise<Buffer>((resolve, reject) => {
      const pieces: Buffer[] = []
      const client = net.connect(port, '127.0.0.1', () => client.end(data))
      client.on('data', (piece) => pieces.push(piece))
      client.on('end', () => resolve(Buffer.concat(pieces)))
      client.on('error', reject)
    })

  test('serves one connection and ends', async () => {
    const { run, port } = await serve()
    expect((await echo(port, Buffer.from('hello'))).toString()).toBe('hello')
    expect(await run.finished()).toMatchObject({ code: 0, stderr: '' })
  })

  test('with --keep serves fifty at once, a megabyte each, while one says nothing', async () => {
    const { run, port } = await serve('--keep')
    const silent = net.connect(port, '127.0.0.1')
    const data = Buffer.alloc(1 << 20, 'abcdefg')
    const echoed = await Promise.all(Array.from({ length: 50 }, () => echo(port, data)))
    expect(echoed.every((each) => each.equals(data))).toBe(true)
    silent.destroy()
    run.child.kill()
    await run.finished()
  })
})
