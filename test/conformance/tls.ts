import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { POLLERR, POLLOUT } from '../../src/posix/constants.js'
import { bytes, type Scene, text } from './scene.js'

/** TLS by the host. */
export function testTls({
  network,
  wait,
  errnoOf,
  open,
  close,
  listener,
  connected,
  sendAll,
  receiveAll,
}: Scene): void {
  describe('TLS', () => {
    const asked = { role: 'client', hostname: 'localhost', protocols: [], verifies: true } as const

    test.each([
      ['a stream that is not connected', () => open(), asked, 'ENOTCONN'],
      ['a listener', async () => (await listener()).handle, asked, 'ENOTCONN'],
      ['a socket for datagrams', () => open('dgram'), asked, 'EOPNOTSUPP'],
      ['a local pair', () => network('pair', { type: 'stream' })[0], asked, 'EOPNOTSUPP'],
      [
        'a server without a certificate',
        async () => (await connected()).client,
        { ...asked, role: 'server' },
        'EOPNOTSUPP',
      ],
      ['who does not want to verify', async () => (await connected()).client, { ...asked, verifies: false }, 'EPERM'],
    ] as const)('there is none for %s', async (_, make, request, errno) => {
      const handle = await make()
      expect(await errnoOf(() => network('startTls', { handle, ...request }))).toBe(errno)
      expect(network('tlsState', { handle })).toEqual({ is: 'none' })
      close(handle)
    })

    test('it goes out after what was sent, and a peer that does not speak it ends the connection', async () => {
      const { client, server } = await connected()
      await sendAll(client, bytes('STARTTLS'))
      expect(network('startTls', { handle: client, ...asked })).toBe(AGAIN)
      expect(network('send', { handle: client, data: bytes('too early') })).toBe(AGAIN)
      expect(network('receive', { handle: client, into: new Uint8Array(1), peek: false })).toBe(AGAIN)
      const got = await receiveAll(server, 10)
      expect([text(got.subarray(0, 8)), ...got.subarray(8)]).toEqual(['STARTTLS', 22, 3])
      await sendAll(server, bytes('in plain text'))
      expect((await wait(client, POLLOUT)) & (POLLERR | POLLOUT)).toBe(POLLERR | POLLOUT)
      expect(await errnoOf(() => network('startTls', { handle: client, ...asked }))).toBe('EPROTO')
      expect(await errnoOf(() => network('receive', { handle: client, into: new Uint8Array(1), peek: false }))).toBe(
        'ENOTCONN',
      )
      expect(network('tlsState', { handle: client })).toEqual({ is: 'failed', reason: expect.stringMatching(/./) })
      close(client, server)
    })
  })
}
