import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type tls from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, selfSigned, signed } from './support/certificates.js'
import { CommandRun, command, guestFile } from './support/command.js'
import { answerAfterEnd, listening, textOf, tlsOver, tlsServer } from './support/tls-peers.js'

const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-tls-rules-'))
const NO_VERIFY = 2

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    return false
  }
}

describe.runIf(hasOpenssl())('rules that demand TLS', () => {
  let ca: Certificate
  let good: Certificate
  let alone: Certificate
  const closing: (() => void)[] = []
  beforeAll(async () => {
    ca = await selfSigned(folder, 'authority')
    good = await signed(folder, 'authority', 'localhost')
    alone = await selfSigned(folder, 'localhost')
  })
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A server that keeps what has come before TLS, or in its place. */
  async function plainServer(greeting = '') {
    const came: string[] = []
    const server = net.createServer((socket) => {
      socket.on('data', (piece: Buffer) => void came.push(piece.toString())).on('error', () => {})
      socket.end(greeting)
    })
    const { port, close } = await listening(server)
    closing.push(close)
    return { port, came }
  }
  async function secureServer({ cert, key }: Certificate) {
    const { port, close } = await listening(tlsServer({ cert, key }, answerAfterEnd))
    closing.push(close)
    return port
  }
  interface Asked {
    readonly host?: readonly string[]
    readonly name?: string
    readonly flags?: number
    readonly what?: string
  }
  /** Runs the guest that is a client, under rules. */
  async function guestClient(port: number, rules: readonly string[], asked: Asked = {}) {
    const { host = ['--tls-ca', ca.file], name = 'localhost', flags = 0, what = 'talk' } = asked
    const allowed = rules.flatMap((rule) => ['--allow-net', rule])
    const guest = [guestFile('tls_client'), '127.0.0.1', String(port), name, String(flags), what]
    const { stdout, stderr } = await command([...host, ...allowed, ...guest])
    return { lines: stdout.split('\n'), stderr }
  }
  const refused = (port: number, deed: string, says: string) =>
    `posix-wasm: refused ${deed} 127.0.0.1:${port}: --allow-net tls:localhost:${port} ${says}, --allow-net connect:127.0.0.1:${port} would allow plain text\n`

  test('let a client through that is verified', async () => {
    const port = await secureServer(good)
    const { lines, stderr } = await guestClient(port, [`tls:localhost:${port}`])
    expect(lines).toContain('you said hello')
    expect(stderr).toBe('')
  })

  test('let it through on a socket that does not block', async () => {
    const port = await secureServer(good)
    const { lines, stderr } = await guestClient(port, [`tls:*:${port}`], { what: 'poll' })
    expect(lines.slice(0, 3)).toEqual([
      'first call: EINPROGRESS',
      'second call: EALREADY',
      'send: EAGAIN, recv: EAGAIN',
    ])
    expect(lines).toContain('you said hello')
    expect(stderr).toBe('')
  })

  test('let nobody send, and name themselves; the flag that is told lets', async () => {
    const { port, came } = await plainServer()
    const fetch = (rule: string) =>
      command(['--allow-net', rule, guestFile('http_client'), '127.0.0.1', String(port), '/'])
    const { code, stderr } = await fetch(`tls:localhost:${port}`)
    expect(code).not.toBe(0)
    expect(stderr).toContain(refused(port, 'plain text to', 'demands TLS'))
    expect(came).toEqual([])
    const [, flag] = /, --allow-net (\S+) would allow plain text/.exec(stderr) ?? []
    await fetch(flag as string)
    expect(came.join('')).toMatch(/^GET \//)
  })

  test('let nobody receive', async () => {
    const { port } = await plainServer('220 ready\n')
    const { lines, stderr } = await guestClient(port, [`tls:localhost:${port}`], { what: 'plain' })
    expect(lines[0]).toBe('in plain text: ')
    expect(stderr).toContain(refused(port, 'plain text from', 'demands TLS'))
  })

  test('let nobody begin TLS where plain text lies unread', async () => {
    const { port } = await plainServer('220 ready\n')
    const { lines, stderr } = await guestClient(port, [`tls:localhost:${port}`], { what: 'unread' })
    expect(lines[0]).toBe('unread: EACCES')
    expect(stderr).toContain(refused(port, 'plain text from', 'demands TLS'))
  })

  test.each<[string, Asked, string, string, string?]>([
    ['without verification', { flags: NO_VERIFY }, 'TLS without verification with', 'demands verification'],
    [
      ...(['in another name', { name: 'other.test' }, 'TLS in the name of other.test with'] as const),
      ...(['does not cover it', 'tls:other.test'] as const),
    ],
  ])('let nobody begin it %s', async (_, asked, deed, rule, remedy) => {
    const port = await secureServer(good)
    const says = remedy === undefined ? rule : `${rule}, --allow-net ${remedy}:${port} is for that name`
    const { lines, stderr } = await guestClient(port, [`tls:localhost:${port}`], asked)
    expect(lines[0]).toBe('starttls: EACCES')
    expect(stderr).toBe(refused(port, deed, says))
  })

  test('let nobody through that is not to be trusted, though the host says so', async () => {
    const port = await secureServer(alone)
    const { lines, stderr } = await guestClient(port, [`tls:localhost:${port}`], { host: ['--tls-insecure'] })
    expect(lines[0]).toBe('starttls: EACCES')
    expect(stderr).toMatch(/refused TLS that is not verified \(\w+\) with 127\.0\.0\.1/)
    const other = await guestClient(port, [`tls:localhost:${port}`])
    expect(other.lines[0]).toBe('starttls: ECONNABORTED')
  })

  test('give way to a rule that allows plain text', async () => {
    const port = await secureServer(alone)
    const rules = [`tls:localhost:${port}`, `connect:127.0.0.1:${port}`]
    const { lines, stderr } = await guestClient(port, rules, { host: ['--tls-insecure'] })
    expect(lines).toContain('you said hello')
    expect(stderr).toBe('')
  })

  describe('of who connects to a listener', () => {
    const rule = 'tls:listen:127.0.0.1'
    async function guestServer(what: string) {
      const shown = ['--tls-cert', good.file, '--tls-key', good.file.replace(/pem$/, 'key')]
      const run = new CommandRun([...shown, '--allow-net', rule, guestFile('tls_server'), '0', what])
      const [, port] = await run.printed(/port (\d+)\n/)
      const socket = net.connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
      socket.on('error', () => {})
      closing.push(() => socket.destroy())
      return { socket, ended: run.finished() }
    }

    test('let TLS through', async () => {
      const { socket, ended } = await guestServer('echo')
      const options: tls.ConnectionOptions = { ca: ca.cert, servername: 'localhost' }
      const secured = await tlsOver(socket, options)
      secured.end('to and fro')
      expect(await textOf(secured)).toBe('to and fro')
      expect(await ended).toMatchObject({ stderr: '' })
    })

    test('let no plain text out', async () => {
      const { socket, ended } = await guestServer('greeted')
      expect(await textOf(socket)).toBe('')
      const { stderr } = await ended
      expect(stderr).toMatch(
        /refused plain text to 127\.0\.0\.1:\d+: --allow-net tls:listen:127\.0\.0\.1 demands TLS, --allow-net listen:127\.0\.0\.1:0 would/,
      )
    })
  })
})
