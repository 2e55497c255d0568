import dgram from 'node:dgram'
import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Mode } from '../src/host/mode.js'
import {
  instantiateWithSockets,
  type NetworkRules,
  OptionError,
  type Refusal,
  type RunOptions,
  runWithSockets,
} from '../src/index.js'
import { CommandRun, command, guestFile } from './support/command.js'
import { describeModes } from './support/modes.js'
import { compileWasi } from './support/wasi-programs.js'

let folder = ''
let echo: net.Server
let port = 0
beforeAll(async () => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-rules-')))
  echo = net.createServer((socket) => {
    socket.on('error', () => {}) // some guests leave without a word
    socket.end('HTTP/1.0 200 OK\r\n\r\nhello\n')
  })
  await once(echo.listen(0, '127.0.0.1'), 'listening')
  port = (echo.address() as AddressInfo).port
})
afterAll(() => {
  echo.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

const client = guestFile('http_client')

test.each([
  ['# nothing\n\n', /it holds no rules; "deny \*" denies everything/],
  ['allow 127.0.0.1\npermit x\n', /line 2 must be "allow RULE" or "deny RULE", not "permit x"/],
  ['allow http://a.test/\n', /line 1: the network rule "http:\/\/a\.test\/" is not understood: .*connect:a\.test:80/],
  ['deny tls:a.test\n', /line 1: .*tls demands something of what is allowed/],
])('a file of rules that cannot be understood is refused: %j', async (text, line) => {
  const file = path.join(folder, 'wrong.rules')
  fs.writeFileSync(file, text)
  const { code, stderr } = await command(['--rules', file, client])
  expect(stderr).toMatch(line)
  expect(stderr).not.toMatch(/\n {4}at /)
  expect(code).toBe(125)
})

test('a file of rules that is not there is refused', async () => {
  const { code, stderr } = await command(['--rules', path.join(folder, 'none.rules'), client])
  expect({ code, stderr }).toMatchObject({ code: 125, stderr: expect.stringContaining('cannot be read (ENOENT)') })
})

test('rules are not learned of a replay', async () => {
  const { code, stderr } = await command(['--learn-rules', '--replay', 'x.rec', client])
  expect({ code, stderr }).toMatchObject({ code: 125, stderr: expect.stringContaining('cannot be used with') })
})

describeModes('the command', (mode) => {
  const fetch = (...flags: string[]) => command(['--mode', mode, ...flags, client, '127.0.0.1', String(port), '/'])

  test('reaches what a rule allows', async () => {
    const { code, stdout, stderr } = await fetch('--allow-net', `connect:127.0.0.1:${port}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('hello')
  })

  test('is refused what none allows, and told by which flag it would be: that flag does it', async () => {
    const { code, stderr } = await fetch('--allow-net', 'listen:127.0.0.1')
    expect(code).not.toBe(0)
    const [, flag, rule] = /no rule allows it, (--allow-net) (\S+) would/.exec(stderr) ?? []
    expect(stderr).toContain(`posix-wasm: refused connecting to 127.0.0.1:${port}: no rule allows it`)
    const again = await fetch(flag as string, rule as string)
    expect(again.stdout).toContain('hello')
  })

  test('is refused what a rule denies, whatever allows it', async () => {
    const { code, stderr } = await fetch('--allow-net', '*', '--deny-net', 'public', '--deny-net', 'loopback')
    expect(code).not.toBe(0)
    expect(stderr).toContain(`refused connecting to 127.0.0.1:${port}: --deny-net loopback denies it`)
  })

  test('reaches all else with rules that only deny', async () => {
    expect((await fetch('--deny-net', 'private')).stdout).toContain('hello')
  })

  test.each([
    ['--allow-net', 'connect:80', /^posix-wasm: the network rule "connect:80" is not understood: .*write \*:80/],
    ['--deny-net', 'tls:example.com', /tls demands something of what is allowed/],
    ['--allow-net', 'tls:udp:example.com', /tls is for streams/],
  ])('%s %s is a wrong option', async (flag, rule, line) => {
    const { code, stderr } = await fetch(flag, rule)
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 125, lines: 1 })
    expect(stderr).toMatch(line)
  })

  test('learns the rules of a run, which allow just that as a file', async () => {
    const learning = await fetch('--learn-rules')
    expect(learning.stdout).toContain('hello')
    expect(learning.stderr).toBe(
      `# the rules that this run needs: a file for --rules\nallow connect:127.0.0.1:${port}\n`,
    )
    const file = path.join(folder, `${mode}.rules`)
    fs.writeFileSync(file, learning.stderr)
    expect(await fetch('--rules', file)).toEqual({ ...learning, stderr: '' })
    const more = await fetch('--rules', file, '--learn-rules')
    expect(more).toEqual({ ...learning, stderr: '# this run needs no other rules\n' })
    const other = await command(['--mode', mode, '--rules', file, client, '127.0.0.1', '1', '/'])
    expect(other.stderr).toContain('refused connecting to 127.0.0.1:1: no rule allows it')
  })

  test('a program that needs no network is denied it all by what is learned of it', async () => {
    const { stderr } = await command(['--mode', mode, '--learn-rules', guestFile('clocks')])
    expect(stderr).toBe('# this run needs no network\ndeny *\n')
  })

  test('what is denied is refused while rules are learned', async () => {
    const { code, stderr } = await fetch('--learn-rules', '--deny-net', 'loopback')
    expect(code).not.toBe(0)
    expect(stderr).toContain(`posix-wasm: refused connecting to 127.0.0.1:${port}: --deny-net loopback denies it\n`)
    expect(stderr).toMatch(/# this run needs no other rules\n$/)
  })

  test('a server that is stopped by a signal is told its rules', async () => {
    const run = new CommandRun(['--mode', mode, '--learn-rules', guestFile('echo_server'), '--host', '127.0.0.1', '0'])
    await run.printed(/listening on/)
    run.child.kill('SIGTERM')
    expect((await run.finished()).stderr).toMatch(/^allow listen:127\.0\.0\.1:0$/m)
  })

  test("what --listen opens is the host's, and its connections are served", async () => {
    const given = await getPort()
    const run = new CommandRun([
      ...['--mode', mode, '--deny-net', '*', '--listen', `127.0.0.1:${given}`, '--timeout', '30'],
      ...[guestFile('preview1_echo_server'), '4', '1'],
    ])
    await run.printed(/ready/)
    const socket = net.connect(given, '127.0.0.1')
    socket.end('over to you')
    let answer = ''
    for await (const piece of socket) answer += piece
    expect(answer).toBe('over to you')
    expect(await run.finished()).toMatchObject({ code: 0, stderr: '' })
  })

  test("what --connect opens is the host's", async () => {
    const { stdout, stderr } = await command([
      ...['--mode', mode, '--deny-net', '*', '--connect', `127.0.0.1:${port}`, '--timeout', '30'],
      guestFile('preview1_client'),
      '4',
      String(port),
    ])
    expect(stdout).toContain('hello')
    expect(stderr).toBe('')
  })
})

describeModes('the library', (mode) => {
  const args = () => ['127.0.0.1', String(port), '/']
  const quiet = { mode, stdout: 'ignore', stderr: 'ignore' } as const

  test.each([
    ['of a guest that is run', (options: RunOptions) => runWithSockets(client, options)],
    [
      'connections of the host need no rule',
      async (options: RunOptions) => runWithSockets(client, { ...options, connections: [new net.Socket()] }),
    ],
  ])('tells of refusals: %s', async (_, run) => {
    const told: Refusal[] = []
    const options = { ...quiet, args: args(), network: { deny: ['loopback'] } }
    expect(await run({ ...options, onRefusal: (refusal) => void told.push(refusal) })).not.toBe(0)
    expect(told).toEqual([
      {
        operation: 'connect',
        direction: 'connect',
        target: `127.0.0.1:${port}`,
        deniedBy: 'loopback',
        text: `refused connecting to 127.0.0.1:${port}: --deny-net loopback denies it`,
      },
    ])
  })

  test('tells them to notice, when nobody else asks', async () => {
    const notices: string[] = []
    const notice = (text: string) => void notices.push(text)
    await runWithSockets(client, { ...quiet, args: args(), network: { allow: [] }, notice })
    expect(notices).toEqual([
      `refused connecting to 127.0.0.1:${port}: no rule allows it, --allow-net connect:127.0.0.1:${port} would`,
    ])
  })

  test('on the calling thread too', async () => {
    const told: string[] = []
    const { start } = await instantiateWithSockets(client, {
      ...quiet,
      args: args(),
      network: { allow: ['private'] },
      onRefusal: ({ text }) => void told.push(text),
    })
    expect(await start()).not.toBe(0)
    expect(told.length).toBe(1)
  })

  test.each([
    ['a rule that is none', { allow: ['tls:udp:x'] }, /tls is for streams/],
    ['a misspelt list', { alow: [] }, /did you mean allow/],
    ['a network, which is of this thread', () => true, /use instantiateWithSockets/],
  ])('%s is refused at once', async (_, network, line) => {
    const options = { mode: 'worker', network } as RunOptions // a guest in a thread of its own
    await expect(runWithSockets(client, options)).rejects.toThrow(OptionError)
    await expect(runWithSockets(client, options)).rejects.toThrow(line)
  })
})

/** Runs test/wasi/escape_network.c with rules, given the ports it may use, and tells who was reached by it. */
async function escapees(guest: string, mode: Mode, rules: (ports: readonly number[], place: string) => NetworkRules) {
  const place = fs.mkdtempSync(path.join(folder, 'escape-'))
  fs.mkdirSync(path.join(place, 'own'))
  fs.symlinkSync(path.join(place, 'secret'), path.join(place, 'own/link'))
  const reached: string[] = []
  const note = (what: string) => (thing: Buffer | net.Socket) => {
    reached.push(thing instanceof Buffer ? `${what} ${thing}` : what)
    if (thing instanceof net.Socket) thing.on('error', () => {})
  }
  const servers = [net.createServer(note('stream')), net.createServer(note('local socket'))] as const
  await once(servers[0].listen(0), 'listening')
  await once(servers[1].listen(path.join(place, 'secret')), 'listening')
  const sockets = [dgram.createSocket('udp4'), dgram.createSocket('udp6')] as const
  const [allowed, secret] = sockets
  allowed.on('message', note('allowed'))
  secret.on('message', note('datagram'))
  allowed.bind(0, '127.0.0.1')
  secret.bind(0)
  await Promise.all(sockets.map((socket) => once(socket, 'listening')))
  const secrets = [(servers[0].address() as AddressInfo).port, secret.address().port]
  const ports = [port, await getPort(), allowed.address().port, await getPort()]
  const told: string[] = []
  let output = ''
  const write = (bytes: Uint8Array) => {
    output += Buffer.from(bytes)
  }
  const code = await runWithSockets(guest, {
    mode,
    args: [...ports, ...secrets, place].map(String),
    network: { ...rules(ports, place), deny: [] },
    stdout: write,
    stderr: write,
    onRefusal: ({ text }) => void told.push(text),
    timeoutMs: 50_000,
  })
  for (const each of [...servers, ...sockets]) each.close()
  return { code, output, told, reached }
}

describeModes('a guest that is written to escape', (mode) => {
  let guest = ''
  beforeAll(async () => {
    guest = (await compileWasi(['escape_network']))['escape_network'] as string
  }, 120_000)

  test('gets nowhere', async () => {
    const { code, output, told, reached } = await escapees(guest, mode, ([connect, dead, send, listen], place) => ({
      allow: [
        `connect:127.0.0.1:${connect},${dead}`,
        `udp:127.0.0.1:${send}`,
        `listen:127.0.0.1:${listen}`,
        `unix:${place}/own/*`,
      ],
    }))
    expect(output).toMatch(/^\d+ attempts, 0 not refused\n$/)
    expect(Number.parseInt(output, 10)).toBeGreaterThan(100)
    expect(code).toBe(0)
    expect(reached).toEqual(['allowed own', 'allowed escaped'])
    expect(told.length).toBeGreaterThan(20)
    expect(new Set(told).size).toBe(told.length)
  })

  test('gets out where there are no rules', async () => {
    const { output, told, reached } = await escapees(guest, mode, () => ({}))
    const ways = [
      ...['connect 127.0.0.2', 'connect 0.0.0.0', 'connect ::ffff:127.0.0.1', 'sendto ::1', 'sendmsg another'],
      ...['listen without bind', 'listen after connect', 'listen again after shutdown', 'join a group'],
      ...[
        'connect to the number 017700000001',
        'connect to the path /own/link',
        'getaddrinfo localhost',
        'connect to the path ~/secret',
      ],
    ]
    expect(ways.filter((way) => !output.includes(`${way}: not refused`))).toEqual([])
    expect(new Set(reached)).toEqual(
      new Set(['stream', 'local socket', 'datagram escaped', 'allowed own', 'allowed escaped']),
    )
    expect(told).toEqual([])
  })
})
