import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { describe, expect, test } from 'vitest'
import { answerAfterEnd, CountedSum, counted, writeAll } from './support/tls-peers.js'
import {
  alone,
  BULK,
  ca,
  client,
  expired,
  good,
  guestClient,
  H2,
  HTTP11,
  hasOpenssl,
  NO_VERIFY,
  pair,
  secureServer,
  serve,
  setTheScene,
  showing,
  trusting,
} from './support/tls-scene.js'

/* TLS by the host, of a guest that is a client: against Node's own server. */
describe.runIf(hasOpenssl())('TLS by the host', () => {
  setTheScene()

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
})
