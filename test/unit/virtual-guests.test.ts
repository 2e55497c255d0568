import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modesHere } from '../../src/host/mode.js'
import { instantiateWithSockets, type RunOptions, runWithSockets, startWithSockets } from '../../src/host.js'
import type { LinkOptions } from '../../src/network/virtual/links.js'
import { type NetworkHost, virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import { type Certificate, selfSigned, signed } from '../support/certificates.js'
import { guestFile } from '../support/command.js'

/* Programs that are WebAssembly, in a network in memory. */
const folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-virtual-'))
afterAll(() => rmSync(folder, { recursive: true }))

function scene(link: LinkOptions = {}) {
  const net = virtualNetwork({ seed: 7 })
  const [a, b] = [net.host('client', ['10.0.0.1', 'fd00::1']), net.host('db.internal', ['10.0.0.2'])]
  net.link(a, b, link)
  return { net, a, b }
}

type Options = Omit<RunOptions, 'stdin' | 'network'> & { network: NonNullable<RunOptions['network']> }

/** Runs a guest to its end; answers what it has printed. */
async function printed(run: typeof runWithSockets, name: string, options: Options) {
  let said = ''
  const hear = (bytes: Uint8Array) => {
    said += Buffer.from(bytes).toString()
  }
  const code = await run(guestFile(name), { stdin: 'ignore', stdout: hear, stderr: hear, ...options })
  return { code, said }
}

const inThread: typeof runWithSockets = (source, options) => runWithSockets(source, { ...options, mode: 'worker' })
const suspended: typeof runWithSockets = (source, options) => runWithSockets(source, { ...options, mode: 'suspend' })
const blocking: typeof runWithSockets = async (source, options = {}) =>
  (await instantiateWithSockets(source, { ...(options as object), mode: 'worker' })).start()
const lackOfSuspension = modesHere().find(({ mode }) => mode === 'suspend')?.lack

const ways: [string, typeof runWithSockets][] = [
  ['in a thread of its own', inThread],
  ['blocking the thread of the network', blocking],
]
if (lackOfSuspension === undefined) ways.push(['suspended', suspended])

/** Where both ends are in one program, and all of it is the network's. */
const programs = [
  ...[
    'addresses',
    'backlog',
    'connect_nonblocking',
    'connect_pending',
    'connect_refused',
    'dual_stack',
    'echo',
    'event_descriptors',
  ],
  ...[
    'epoll',
    'errors',
    'getaddrinfo',
    'half_close',
    'interfaces',
    'ipv6',
    'lookups',
    'loop_poll',
    'poll_many',
    'poll_states',
  ],
  ...['receive_flags', 'reset', 'select', 'timeouts', 'transfer', 'udp', 'udp_connected', 'vectors', 'write_closed'],
]

describe.each(ways)('a guest %s', (_, run) => {
  test.each(programs)('%s prints what it prints on Linux', async (name) => {
    const { a } = scene()
    const expected = readFileSync(new URL(`../guests/expected/${name}.txt`, import.meta.url), 'utf8')
    expect(await printed(run, name, { network: a, args: [folder] })).toEqual({ code: 0, said: expected })
  })

  test('waits for two minutes of its network, which take none', async () => {
    const { net, a, b } = scene()
    net.partition(a, b)
    const began = performance.now()
    const { code, said } = await printed(run, 'http_client', { network: a, args: ['10.0.0.2', '80', '/'] })
    expect([code === 0, said]).toEqual([false, expect.stringContaining('ETIMEDOUT')])
    expect(net.nowMs).toBeGreaterThanOrEqual(127_000)
    expect(performance.now() - began).toBeLessThan(20_000)
  })

  test.each([
    ['192.0.2.1', 'ENETUNREACH'],
    ['10.0.0.2', 'ECONNREFUSED'],
  ])('is told how it goes to connect to %s', async (address, errno) => {
    const { said } = await printed(run, 'http_client', { network: scene().a, args: [address, '1', '/'] })
    expect(said).toContain(errno)
  })

  test('obeys rules', async () => {
    const { a, b } = scene()
    const network = { through: a, allow: ['connect:10.0.0.2:81'] }
    b.serve(80, () => ({}))
    const { said } = await printed(run, 'http_client', { network, args: ['10.0.0.2', '80', '/'] })
    expect(said).toContain('EACCES')
  })
})

/** Serves HTTP on a host. */
function web(host: NetworkHost) {
  const server = http.createServer((request, response) => response.end(`you asked for ${request.url}`))
  host.createServer((socket) => void server.emit('connection', socket)).listen(80)
}

const apart = ways.filter(([, run]) => run !== blocking)

describe.each(apart)('with the app a guest %s', (_, run) => {
  test('is its client, over a bad link', async () => {
    const { net, a, b } = scene({ latencyMs: 500, jitterMs: 100, loss: 0.1 })
    web(b)
    const { code, said } = await printed(run, 'http_client', { network: a, args: ['db.internal', '80', '/hello'] })
    expect([code, said]).toEqual([0, expect.stringMatching(/you asked for \/hello$/)])
    expect(net.nowMs).toBeGreaterThan(2000) // there and back, twice
  })

  test('is its server', async () => {
    const { a, b } = scene({ latencyMs: 50 })
    const release = b.time.hold()
    const listening = new Promise<void>((resolve) => {
      void printed(run, 'echo_server', { network: b, args: ['--host', '0.0.0.0', '7'], onListen: () => resolve() })
    })
    release()
    await listening
    const client = a.connect({ port: 7, host: 'db.internal', allowHalfOpen: true })
    client.end('hello')
    expect(await text(client)).toBe('hello')
  })

  test('is recorded, and replayed without a network', async () => {
    const { a, b } = scene({ latencyMs: 100 })
    web(b)
    const record = path.join(folder, `${run === inThread}.rec`)
    const args = ['db.internal', '80', '/twice']
    const first = await printed(run, 'http_client', { network: a, args, record })
    expect(first.said).toContain('you asked for /twice')
    const again = await printed(run, 'http_client', { network: {}, args, replay: record })
    expect(again).toEqual(first)
  })
})

test('guests in several threads share a host', async () => {
  const { net, b } = scene()
  net.link(b, b, { latencyMs: 1000 })
  const { promise, resolve } = deferred()
  const server = await startWithSockets(guestFile('echo_server'), {
    ...{ network: b, mode: 'worker', stdin: 'ignore', stdout: 'ignore', args: ['--host', '0.0.0.0', '7'] },
    onListen: resolve,
  })
  await promise
  const { code, said } = await printed(inThread, 'wasix_client', { network: b, args: ['4', '7'] })
  expect([code, said]).toEqual([0, expect.stringContaining('hello from a guest\n19 bytes')])
  expect(await server.exitCode).toBe(0)
  expect(net.nowMs).toBeGreaterThan(4000)
})

function deferred() {
  let resolve: () => void = () => {}
  const promise = new Promise<void>((given) => {
    resolve = given
  })
  return { promise, resolve }
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    console.warn('TLS is not tested: there is no openssl to make certificates with')
    return false
  }
}

describe.runIf(hasOpenssl()).each(apart)('TLS of a guest %s', (_, run) => {
  let ca: Certificate
  let good: Certificate
  beforeAll(async () => {
    ca = await selfSigned(folder, 'authority')
    good = await signed(folder, 'authority', 'localhost')
  })

  test.each([
    ['trusts whom the host trusts', true, /said hello/],
    ['does not trust others', false, /ECONNABORTED/],
  ])('%s', async (_, isTrusted, expected) => {
    const { a, b } = scene({ latencyMs: 40 })
    const server = tls.createServer({ cert: good.cert, key: good.key, allowHalfOpen: true }, async (socket) => {
      socket.on('error', () => {}) // who does not trust it hangs up
      let said = ''
      socket.on('data', (piece) => (said += piece)).on('end', () => socket.end(`said ${said}`))
    })
    server.on('tlsClientError', () => {})
    b.createServer({ allowHalfOpen: true }, (socket) => void server.emit('connection', socket)).listen(443)
    const args = ['10.0.0.2', '443', 'localhost', '0', 'talk']
    const { said } = await printed(run, 'tls_client', { network: a, args, tls: isTrusted ? { ca: ca.cert } : {} })
    expect(said).toMatch(expected)
  })
})

test('TLS is not for a guest that blocks the thread of the network', async () => {
  const { a, b } = scene()
  b.serve(443, () => ({}))
  const args = ['10.0.0.2', '443', 'localhost', '0', 'talk']
  expect((await printed(blocking, 'tls_client', { network: a, args })).said).toContain('EOPNOTSUPP')
})
