import { describe, expect, test } from 'vitest'
import { AGAIN, DONE, DRAINED } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { POLLERR, POLLOUT } from '../../src/posix/constants.js'
import { bytes, loopback, loopback6, portOf, type Scene } from './scene.js'

/** Datagrams, and whom they come from. */
export function testDatagrams({ network, wait, ask, errnoOf, close, datagram, receiveFrom }: Scene): void {
  describe('datagrams', () => {
    test.each([loopback(), loopback6()])('they keep their borders and tell their sender over $family', async (to) => {
      const [one, two] = [await datagram(to), await datagram(to)]
      for (const part of ['first', '', 'third'])
        await ask('send', { handle: one.handle, data: bytes(part), to: two.name }, POLLOUT)
      for (const data of ['first', '', 'third'])
        expect(await receiveFrom(two.handle)).toEqual({ data, length: data.length, from: one.name })
      close(one.handle, two.handle)
    })

    test('too little room cuts one, and tells its length', async () => {
      const [one, two] = [await datagram(), await datagram()]
      await ask('send', { handle: one.handle, data: bytes('0123456789'), to: two.name }, POLLOUT)
      expect(await receiveFrom(two.handle, 4, true)).toMatchObject({ data: '0123', length: 10 })
      expect(network('available', { handle: two.handle })).toBe(10)
      expect(await receiveFrom(two.handle, 4)).toMatchObject({ data: '0123', length: 10 })
      expect(network('receiveFrom', { handle: two.handle, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
      close(one.handle, two.handle)
    })

    test('the largest goes, a larger one is EMSGSIZE', async () => {
      const [one, two] = [await datagram(), await datagram()]
      await ask('send', { handle: one.handle, data: new Uint8Array(65507), to: two.name }, POLLOUT)
      expect((await receiveFrom(two.handle, 65507)).length).toBe(65507)
      const tooLarge = { handle: one.handle, data: new Uint8Array(65508), to: two.name }
      expect(await errnoOf(() => network('send', tooLarge))).toBe('EMSGSIZE')
      close(one.handle, two.handle)
    })

    test('a group is joined, heard, and left', async () => {
      const [one, two] = [await datagram(), await datagram({ family: 'inet', host: '0.0.0.0', port: 0 })]
      const membership = { group: '239.255.77.1', via: '127.0.0.1' }
      await ask('setOption', { handle: one.handle, option: 'multicastInterface', value: '127.0.0.1' } as never, DONE)
      await ask('setOption', { handle: two.handle, option: 'join', value: membership } as never, DONE)
      const to: Address = { family: 'inet', host: membership.group, port: portOf(two.name) }
      await ask('send', { handle: one.handle, data: bytes('to all'), to }, POLLOUT)
      expect(await receiveFrom(two.handle)).toEqual({ data: 'to all', length: 6, from: one.name })
      await ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
      const leaveAgain = () =>
        ask('setOption', { handle: two.handle, option: 'leave', value: membership } as never, DONE)
      expect(await errnoOf(leaveAgain)).toBe('EADDRNOTAVAIL')
      close(one.handle, two.handle)
    })

    test('a connected one sends to its peer, and hears of a closed port', async () => {
      const [one, two] = [await datagram(), await datagram()]
      await ask('connect', { handle: one.handle, to: two.name }, DONE)
      await ask('send', { handle: one.handle, data: bytes('hi') }, POLLOUT)
      expect((await receiveFrom(two.handle)).from).toEqual(one.name)
      close(two.handle)
      for (let refused = false; !refused; ) {
        refused =
          (await errnoOf(() => network('send', { handle: one.handle, data: bytes('anyone?') }))) === 'ECONNREFUSED'
        if (!refused) refused = ((await wait(one.handle, POLLERR | DRAINED)) & POLLERR) !== 0
      }
      close(one.handle)
    })
  })
}
