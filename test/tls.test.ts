import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex, PassThrough } from 'node:stream'
import tls from 'node:tls'
import { Worker } from 'node:worker_threads'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { instantiateWithSockets, OptionError, runWithSockets } from '../src/index.js'
import { type Certificate, selfSigned, signed } from './support/certificates.js'
import { CommandRun, command, guestFile } from './support/command.js'
import {
  answerAfterEnd,
  CountedSum,
  counted,
  listening,
  textOf,
  tlsOver,
  tlsServer,
  withFirstBytes,
  writeAll,
} from './support/tls-peers.js'

/* TLS by the host, from both sides: against Node's own client and server, and against those of openssl. */
const BULK = 100 * 1024 * 1024
const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-tls-'))
const NO_VERIFY = 2
const H2 = 0x10
const HTTP11 = 0x20

/** A server for a guest that blocks the thread of the test: it answers after the end of what it is told. */
const SERVER_THREAD = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:tls').createServer({ ...workerData, allowHalfOpen: true }, (socket) => {
    let said = ''
    socket.on('data', (piece) => (said += piece)).on('end', () => socket.end('you said ' + said))
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    console.warn('TLS is not tested: there is no openssl to make certificates with, and to be tested against')
    return false
  }
}

describe.runIf(hasOpenssl())('TLS by the host', () => {
  let ca: Certificate
  let good: Certificate
  let expired: Certificate
  let alone: Certificate
  let client: Certificate
  const closing: (() => void)[] = []

  beforeAll(async () => {
    ca = await selfSigned(folder, 'authority')
    good = await signed(folder, 'authority', 'localhost')
    expired = await signed(folder, 'authority', 'localhost', -1)
    alone = await selfSigned(folder, 'localhost')
    client = await signed(folder, 'authority', 'client')
  })
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const keyFile = ({ file }: Certificate) => file.replace(/pem$/, 'key')
  const trusting = () => ['--tls-ca', ca.file]
  const showing = (certificate: Certificate) => ['--tls-cert', certificate.file, '--tls-key', keyFile(certificate)]
  const pair = ({ cert, key }: Certificate) => ({ cert, key })

  async function serve<S extends net.Server>(server: S) {
    const { port, close } = await listening(server)
    closing.push(close)
    return port
  }
  const secureServer = (options: tls.TlsOptions, how: (socket: tls.TLSSocket) => void = answerAfterEnd) =>
    serve(tlsServer(options, how))
  /** Runs the guest that is a client; answers its lines. */
  async function guestClient(
    port: number,
    { host = [] as string[], name = 'localhost', flags = 0, what = ['talk'] } = {},
  ) {
    const args = ['127.0.0.1', String(port), name, String(flags), ...what]
    const { stdout, stderr, code } = await command([...host, guestFile('tls_client'), ...args])
    return { lines: stdout.split('\n'), stderr, code }
  }
  /** Starts the guest that is a server; answers its run and its port. */
  async function guestServer(what: readonly string[], host: readonly string[], flags = 0) {
    const run = new CommandRun([...host, guestFile('tls_server'), String(flags), ...what])
    const [, port] = await run.printed(/port (\d+)\n/)
    return { run, port: Number(port), ended: run.finished() }
  }
  const connect = (port: number) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    closing.push(() => socket.destroy())
    return socket
  }

  describe('a client', () => {
    test('verifies, tells what was agreed on, and goes on after its own end', async () => {
      const { lines } = await guestClient(await secureServer(pair(good)), { host: trusting() })
      expect(lines).toEqual([
        'starttls: 0',
        'version: TLSv1.3',
        'alpn: ',
        'server name: localhost',
        'subject: CN=localhost',
        'issuer: CN=authority',
        'names: DNS:localhost',
        'again: EISCONN',
        'you said hello',
        'end',
        '',
      ])
    })

    test('does so with TLS 1.2, too', async () => {
      const port = await secureServer({ ...pair(good), maxVersion: 'TLSv1.2' })
      const { lines } = await guestClient(port, { host: trusting() })
      expect(lines).toEqual(expect.arrayContaining(['version: TLSv1.2', 'you said hello', 'end']))
    })

    test('does so on a socket that does not block', async () => {
      const { lines } = await guestClient(await secureServer(pair(good)), { host: trusting(), what: ['poll'] })
      expect(lines.slice(0, 6)).toEqual([
        'first call: EINPROGRESS',
        'second call: EALREADY',
        'send: EAGAIN, recv: EAGAIN',
        'poll: 1',
        'SO_ERROR: none',
        'starttls: 0',
      ])
      expect(lines.slice(-3)).toEqual(['you said hello', 'end', ''])
    })

    test.each([
      ['has expired', () => expired, 'localhost', trusting, /^error: certificate has expired$/],
      ['is for another host', () => good, 'elsewhere', trusting, /^error: Hostname\/IP does not match .*elsewhere/],
      ['is not for the address', () => good, '-', trusting, /^error: Hostname\/IP does not match .*|IP: 127\.0\.0\.1/],
      ['is signed by itself', () => alone, 'localhost', trusting, /^error: self-signed certificate$/],
      ['is signed by a stranger', () => good, 'localhost', () => [], /^error: unable to verify the first certificate$/],
    ])('refuses a certificate that %s', async (_, shown, name, host, says) => {
      const { lines, code } = await guestClient(await secureServer(pair(shown())), { host: host(), name })
      expect(lines[0]).toBe('starttls: ECONNABORTED')
      expect(lines[1]).toMatch(says)
      expect(code).toBe(1)
    })

    test('learns of a distrust by SO_ERROR', async () => {
      const port = await secureServer(pair(expired))
      const { lines } = await guestClient(port, { host: trusting(), what: ['poll'] })
      expect(lines.slice(3, 5)).toEqual(['poll: 1', 'SO_ERROR: ECONNABORTED'])
    })

    test('trusts what it is told to', async () => {
      const { lines } = await guestClient(await secureServer(pair(alone)), { host: ['--tls-ca', alone.file] })
      expect(lines[0]).toBe('starttls: 0')
    })

    test('cannot do without verifying by itself', async () => {
      const port = await secureServer(pair(expired))
      const { lines } = await guestClient(port, { host: trusting(), flags: NO_VERIFY })
      expect(lines.slice(0, 2)).toEqual(['starttls: EPERM', ''])
    })

    test('does not verify where the host says so, and can know of the doubt', async () => {
      const { lines } = await guestClient(await secureServer(pair(expired)), { host: ['--tls-insecure'], name: 'x' })
      expect(lines.slice(0, 2)).toEqual(['starttls: 0', 'error: CERT_HAS_EXPIRED'])
      expect(lines).toContain('you said hello')
    })

    test('shows the certificate that the host has given', async () => {
      const demanding = { ...pair(good), ca: ca.cert, requestCert: true, rejectUnauthorized: true }
      const port = await secureServer(demanding, (socket) => {
        socket.end(`you are ${String(socket.getPeerCertificate().subject.CN)}\n`)
      })
      const { lines } = await guestClient(port, { host: [...trusting(), ...showing(client)] })
      expect(lines).toContain('you are client')
      const without = await guestClient(port, { host: trusting() })
      expect(without.lines.join()).not.toContain('you are') // TLS 1.3: the client learns it only when it reads
    })

    test.each([
      ['by its flags', H2 | HTTP11, [], 'h2'],
      ['one of them', HTTP11, [], 'http/1.1'],
      ['by the host', 0, ['--tls-alpn', 'mine, http/1.1'], 'http/1.1'],
      ['by its flags before the host', HTTP11, ['--tls-alpn', 'h2'], 'http/1.1'],
    ])('chooses a protocol %s', async (_, flags, host, alpn) => {
      const port = await secureServer({ ...pair(good), ALPNProtocols: ['h2', 'http/1.1'] })
      const { lines } = await guestClient(port, { host: [...trusting(), ...host], flags })
      expect(lines[2]).toBe(`alpn: ${alpn}`)
    })

    test('has no TLS where there is no common protocol', async () => {
      const port = await secureServer({ ...pair(good), ALPNProtocols: ['other'] })
      const { lines } = await guestClient(port, { host: trusting(), flags: H2 })
      expect(lines[0]).toBe('starttls: EPROTO')
      expect(lines[1]).toMatch(/no application protocol/)
    })

    test.each([
      [
        'that speaks something else',
        'EPROTO',
        (socket: net.Socket) => void socket.once('data', () => socket.end('HTTP/1.1 400\r\n\r\n')),
      ],
      ['that leaves', 'ECONNRESET', (socket: net.Socket) => void socket.once('data', () => socket.end())],
      ['that resets', 'ECONNRESET', (socket: net.Socket) => void socket.once('data', () => socket.resetAndDestroy())],
    ])('says so of a server %s', async (_, errno, how) => {
      const { lines } = await guestClient(await serve(net.createServer(how)), { host: trusting() })
      expect(lines[0]).toBe(`starttls: ${errno}`)
      expect(lines[1]).toMatch(/^error: ./)
    })

    test('waits no longer than SO_RCVTIMEO', async () => {
      const port = await serve(net.createServer((socket) => void socket.resume()))
      expect((await guestClient(port, { what: ['timeout'] })).lines[0]).toBe('starttls: EINPROGRESS')
    })

    /** As SMTP: a line in plain text, one back, and then TLS. */
    const greeting = (socket: net.Socket) => {
      socket.write('220 ready\n')
      socket.once('data', (line) => {
        if (line.toString() !== 'STARTTLS\n') return socket.destroy()
        const secured = new tls.TLSSocket(socket, { isServer: true, ...pair(good) })
        void answerAfterEnd(secured.on('error', () => {}))
      })
    }

    test('upgrades after plain text', async () => {
      const port = await serve(net.createServer({ allowHalfOpen: true }, greeting))
      const { lines } = await guestClient(port, { host: trusting(), what: ['plain'] })
      expect(lines.slice(0, 2)).toEqual(['in plain text: 220 ready', 'starttls: 0'])
      expect(lines).toContain('you said hello')
    })

    test('has to read first what came in plain text', async () => {
      const port = await serve(net.createServer({ allowHalfOpen: true }, greeting))
      const { lines } = await guestClient(port, { host: trusting(), what: ['unread'] })
      expect(lines.slice(0, 3)).toEqual(['unread: EBUSY', 'in plain text: 220 ready', 'starttls: 0'])
    })

    test('resets with SO_LINGER 0, as without TLS', async () => {
      const codes: Promise<unknown>[] = []
      const port = await secureServer(pair(good), (socket) => {
        codes.push(once(socket, 'error'))
        socket.on('data', (byte) => socket.write(byte))
      })
      await guestClient(port, { host: trusting(), what: ['linger'] })
      await expect(codes[0]).resolves.toMatchObject([{ code: 'ECONNRESET' }])
    })

    test('sends 100 MB', async () => {
      const sum = new CountedSum()
      let ended: Promise<unknown> = Promise.resolve()
      const port = await secureServer(pair(good), (socket) => {
        ended = once(
          socket.on('data', (piece) => sum.add(piece)),
          'end',
        )
      })
      const { lines } = await guestClient(port, { host: trusting(), what: ['up', String(BULK)] })
      await ended
      expect(lines.at(-2)).toBe(String(sum))
      expect(sum.bytes).toBe(BULK)
    })

    test('takes 100 MB', async () => {
      const { data, sum } = counted(BULK)
      const port = await secureServer(pair(good), (socket) => void writeAll(socket, data).then(() => socket.end()))
      const { lines } = await guestClient(port, { host: trusting(), what: ['down'] })
      expect(lines.at(-2)).toBe(`${BULK} bytes, sum ${sum >>> 0}`)
    })
  })

  describe('a server', () => {
    const trust = () => ({ ca: ca.cert, servername: 'localhost', host: 'localhost' })

    test('serves, with a half-close of the client', async () => {
      const { port, ended } = await guestServer(['echo'], showing(good))
      const socket = await tlsOver(connect(port), trust())
      socket.end('to and fro')
      expect(await textOf(socket)).toBe('to and fro')
      const { stdout, code } = await ended
      expect(stdout).toMatch(/starttls: 0\nversion: TLSv1.3\nalpn: \nserver name: localhost\nsubject: \n.*end\n$/s)
      expect(code).toBe(0)
    })

    test('sees a reset', async () => {
      const { port, ended } = await guestServer(['echo'], showing(good))
      const plain = connect(port)
      const socket = await tlsOver(plain, trust())
      socket.write('to and fro')
      await once(socket, 'data')
      plain.resetAndDestroy()
      expect((await ended).stdout).toMatch(/recv: ECONNRESET\n$/)
    })

    test('takes up a handshake that came together with plain text', async () => {
      const { port, ended } = await guestServer(['greeted'], showing(good))
      const plain = connect(port)
      const [greeting] = await once(plain, 'data')
      expect(String(greeting)).toBe('220 ready\n')
      const socket = await tlsOver(withFirstBytes(plain, 'STARTTLS\n'), trust())
      socket.end('to and fro')
      expect(await textOf(socket)).toBe('to and fro')
      expect((await ended).code).toBe(0)
    })

    test('has no TLS without a certificate', async () => {
      const { port, ended } = await guestServer(['echo'], [])
      connect(port)
      expect((await ended).stdout).toContain('starttls: EOPNOTSUPP\n')
    })

    test('chooses a protocol', async () => {
      const { port, ended } = await guestServer(['echo'], showing(good), H2)
      const socket = await tlsOver(connect(port), { ...trust(), ALPNProtocols: ['http/1.1', 'h2'] })
      expect(socket.alpnProtocol).toBe('h2')
      socket.end()
      expect((await ended).stdout).toContain('alpn: h2\n')
    })

    test('demands a certificate, and knows whose it is', async () => {
      const demanding = [...showing(good), ...trusting(), '--tls-demand-cert']
      const { port, ended } = await guestServer(['echo'], demanding)
      const socket = await tlsOver(connect(port), { ...trust(), ...pair(client) })
      socket.end('to and fro')
      expect(await textOf(socket)).toBe('to and fro')
      expect((await ended).stdout).toContain('subject: CN=client\nissuer: CN=authority\n')
    })

    test.each([
      ['none', () => ({}), /the peer has shown no certificate/],
      ['one of a stranger', () => pair(alone), /SELF_SIGNED/],
    ])('turns away a client with %s', async (_, shown, says) => {
      const { port, ended } = await guestServer(['echo'], [...showing(good), ...trusting(), '--tls-demand-cert'])
      const socket = tls.connect({ port, ...trust(), ...shown(), host: '127.0.0.1' }).on('error', () => {})
      const { stdout, code } = await ended
      expect(stdout).toContain('starttls: ECONNABORTED\n')
      expect(stdout).toMatch(says)
      expect(code).toBe(1)
      socket.destroy()
    })

    test('sends and takes 100 MB', async () => {
      const { data, sum } = counted(BULK)
      const taking = await guestServer(['down'], showing(good))
      const to = await tlsOver(connect(taking.port), trust())
      await writeAll(to, data)
      to.end()
      expect((await taking.ended).stdout).toContain(`${BULK} bytes, sum ${sum >>> 0}\n`)
      const sending = await guestServer(['up', String(BULK)], showing(good))
      const got = new CountedSum()
      for await (const piece of await tlsOver(connect(sending.port), trust())) got.add(piece)
      expect((await sending.ended).stdout).toContain(`${got}\n`)
      expect(got.value).toBe(sum)
    })

    test('secures a connection that it was given', async () => {
      const port = await serve(
        net.createServer({ allowHalfOpen: true }, (socket) => {
          void tlsOver(socket, trust()).then((secured) => secured.end('to and fro'))
        }),
      )
      const { stdout } = await command([
        '--connect',
        `127.0.0.1:${port}`,
        ...showing(good),
        guestFile('tls_server'),
        '0',
        'given',
      ])
      expect(stdout).toMatch(/^starttls: 0\n.*end\n$/s)
    })
  })

  describe('the library', () => {
    const stdout = () => {
      const lines: string[] = []
      return { lines, take: (bytes: Uint8Array) => void lines.push(...Buffer.from(bytes).toString().split('\n')) }
    }
    /** Two streams of which each is the other end. */
    const streams = () => {
      const [there, back] = [new PassThrough(), new PassThrough()]
      return [
        Duplex.from({ readable: there, writable: back }),
        Duplex.from({ readable: back, writable: there }),
      ] as const
    }

    test('secures a stream of the host that is no socket, and what lies in it already', async () => {
      const [ours, theirs] = streams()
      const { lines, take } = stdout()
      const options = { args: ['0', 'given'], connections: [theirs], stdout: take, tls: pair(good) }
      const guest = runWithSockets(guestFile('tls_server'), options)
      const socket = await tlsOver(ours, { ca: ca.cert, servername: 'localhost' })
      socket.end('to and fro')
      expect(await textOf(socket)).toBe('to and fro')
      expect(await guest).toBe(0)
      expect(lines).toEqual(expect.arrayContaining(['starttls: 0', 'end']))
    })

    test('connects on the calling thread', async () => {
      const worker = new Worker(SERVER_THREAD, { eval: true, workerData: pair(good) })
      const [port] = await once(worker, 'message')
      const { lines, take } = stdout()
      const args = ['127.0.0.1', String(port), 'localhost', '0', 'talk']
      const { start } = await instantiateWithSockets(guestFile('tls_client'), {
        args,
        stdout: take,
        tls: { ca: ca.cert },
      })
      expect(await start()).toBe(0)
      expect(lines).toEqual(expect.arrayContaining(['starttls: 0', 'you said hello', 'end']))
      await worker.terminate()
    })

    test('leaves verifying to the guest where it says so', async () => {
      const port = await secureServer(pair(expired))
      const run = async (flags: number) => {
        const { lines, take } = stdout()
        const args = ['127.0.0.1', String(port), 'localhost', String(flags), 'talk']
        await runWithSockets(guestFile('tls_client'), { args, stdout: take, tls: { ca: ca.cert, verify: 'guest' } })
        return lines[0]
      }
      expect(await run(0)).toBe('starttls: ECONNABORTED')
      expect(await run(NO_VERIFY)).toBe('starttls: 0')
    })

    test('takes no older version than it is told to', async () => {
      const port = await secureServer({ ...pair(good), maxVersion: 'TLSv1.2' })
      const { lines, take } = stdout()
      const args = ['127.0.0.1', String(port), 'localhost', '0', 'talk']
      const options = { args, stdout: take, tls: { ca: [ca.cert], minVersion: 'TLSv1.3' } } as const
      await runWithSockets(guestFile('tls_client'), options)
      expect(lines[0]).toBe('starttls: EPROTO')
    })

    test.each([
      ['a key without its certificate', () => ({ key: good.key }), /tls: a certificate and its key belong together/],
      [
        'a key of another certificate',
        () => ({ cert: good.cert, key: ca.key }),
        /tls: cert and key: .*key values mismatch/,
      ],
      ['an authority that is none', () => ({ ca: 'nothing' }), /tls: ca: it has no certificate in PEM/],
      [
        'a broken authority',
        () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
        /tls: ca: /,
      ],
      [
        'demanding without an authority',
        () => ({ ...pair(good), demandCertificate: true }),
        /tls: who demands .* needs a ca/,
      ],
      ['demanding without serving', () => ({ ca: ca.cert, demandCertificate: true }), /tls: only a server/],
      ['an empty name for ALPN', () => ({ alpn: [''] }), /tls: "" is no name for ALPN/],
    ])('refuses %s', async (_, tls, says) => {
      const run = runWithSockets(guestFile('tls_client'), { tls: tls() })
      await expect(run).rejects.toThrow(OptionError)
      await expect(run).rejects.toThrow(says)
    })

    test('refuses settings for a network that is not its own', async () => {
      const run = instantiateWithSockets(guestFile('tls_client'), { tls: {}, network: () => 0 as never })
      await expect(run).rejects.toThrow(/tls is for the network of this machine/)
    })

    test('goes together with rules and limits, and is replayed without a server', async () => {
      const server = await listening(tlsServer(pair(good), answerAfterEnd))
      const file = join(folder, 'session.rec')
      const rules = ['--allow-net', `connect:127.0.0.1:${server.port}`, '--limit', 'bytes-per-second-in=1000000']
      const recorded = await guestClient(server.port, { host: [...trusting(), ...rules, '--record', file] })
      expect(recorded.lines).toContain('you said hello')
      server.close()
      expect((await guestClient(server.port, { host: ['--replay', file] })).lines).toEqual(recorded.lines)
    })

    test('the command says in one line which file is wrong', async () => {
      const { code, stderr } = await command(['--tls-ca', join(folder, 'missing'), guestFile('tls_client')])
      expect(code).toBe(125)
      expect(stderr).toMatch(/^error: .*--tls-ca.*it cannot be read \(ENOENT\)\.$/m)
    })
  })

  describe('openssl', () => {
    /** Runs openssl until it ends; its input stays open until `printed` matches. */
    const openssl = (args: readonly string[], printed: RegExp, input = '') => {
      const child = spawn('openssl', args, { stdio: 'pipe' })
      closing.push(() => child.kill())
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece) => {
          output += piece
          if (printed.test(output)) child.stdin.end()
        })
      child.stdin.on('error', () => {})
      child.stdin.write(input)
      return { child, output: () => output, ended: once(child, 'close') }
    }

    test('s_client talks to a server', async () => {
      const { port, ended } = await guestServer(['echo'], showing(good))
      const where = ['-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-verify_hostname', 'localhost']
      const args = ['s_client', ...where, '-CAfile', ca.file, '-verify_return_error', '-quiet', '-no_ign_eof']
      const s_client = openssl(args, /to and fro\n/, 'to and fro\n')
      await s_client.ended
      expect(s_client.output()).toContain('to and fro\n')
      expect((await ended).stdout).toMatch(/starttls: 0\n.*end\n$/s)
    })

    test.each([
      ['good', () => good, ['starttls: 0', 'olleh', 'end']],
      ['expired', () => expired, ['starttls: ECONNABORTED', 'error: certificate has expired']],
      ['self-signed', () => alone, ['starttls: ECONNABORTED', 'error: self-signed certificate']],
    ])('s_server talks to a client: its certificate is %s', async (_, shown, says) => {
      const files = ['-cert', shown().file, '-key', keyFile(shown())]
      const s_server = openssl(['s_server', '-accept', '127.0.0.1:0', ...files, '-rev', '-naccept', '1'], /nothing/)
      const port = await new Promise<string>((resolve) => {
        s_server.child.stdout.on('data', () => {
          const [, found] = /ACCEPT [\d.]+:(\d+)/.exec(s_server.output()) ?? []
          if (found !== undefined) resolve(found)
        })
      })
      const { lines } = await guestClient(Number(port), { host: trusting() })
      expect(lines).toEqual(expect.arrayContaining(says))
    })
  })
})
