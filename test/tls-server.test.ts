import { once } from 'node:events'
import net from 'node:net'
import tls from 'node:tls'
import { describe, expect, test } from 'vitest'
import { command, guestFile } from './support/command.js'
import { CountedSum, counted, textOf, tlsOver, withFirstBytes, writeAll } from './support/tls-peers.js'
import {
  alone,
  BULK,
  ca,
  client,
  connect,
  good,
  guestServer,
  H2,
  hasOpenssl,
  pair,
  serve,
  setTheScene,
  showing,
  trusting,
} from './support/tls-scene.js'

/* TLS by the host, of a guest that is a server: against Node's own client. */
describe.runIf(hasOpenssl())('TLS by the host', () => {
  setTheScene()

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
})
