import { describe, expect, test } from 'vitest'
import { DONE } from '../../src/network/network.js'
import { POLLIN } from '../../src/posix/constants.js'
import { bytes, LIMIT_MS, type Scene } from './scene.js'

/** Names, options, look-ups, and handles that are not there. */
export function testRest({ network, wait, ask, errnoOf, open, close, listener, connected, sendAll }: Scene): void {
  describe('the rest', () => {
    test('waiting for nothing takes its time', async () => {
      const handle = (await listener()).handle
      expect(await network('wait', { on: [{ handle, events: POLLIN }], timeoutMs: 20 })).toEqual([])
      close(handle)
    })

    test('a wait tells all that is ready, in the order asked', async () => {
      const [one, two] = [await connected(), await connected()]
      await sendAll(one.client, bytes('x'))
      await sendAll(two.client, bytes('y'))
      await wait(one.server, POLLIN)
      await wait(two.server, POLLIN)
      const on = [two.server, one.client, one.server].map((handle) => ({ handle, events: POLLIN }))
      const found = await network('wait', { on, timeoutMs: LIMIT_MS })
      expect(found.map(({ handle }) => handle)).toEqual([two.server, one.server])
      close(one.client, one.server, two.client, two.server)
    })

    test('names are resolved', async () => {
      const handle = network('resolve', { host: 'localhost', family: 'inet' })
      const resolution = await ask('answer', { handle }, DONE)
      expect(resolution).toEqual({ is: 'found', hosts: [{ host: '127.0.0.1', family: 'inet' }] })
    })

    test('addresses have names, or none', async () => {
      const found = await ask('answer', { handle: network('resolveBack', { host: '127.0.0.1' }) }, DONE)
      expect(found.is).toBe('named')
      const none = await ask('answer', { handle: network('resolveBack', { host: '192.0.2.1' }) }, DONE)
      expect(none.is).toBe('failed')
    })

    test('the loopback is an interface', async () => {
      const loopback = network('interfaces', {}).find(({ index }) => index === 1)
      expect(loopback?.name).toMatch(/^lo/)
      expect(loopback?.addresses).toContainEqual({ family: 'inet', host: '127.0.0.1', prefix: 8 })
    })

    test.each([
      ['noDelay', true],
      ['keepAlive', true],
      ['keepIdle', 60],
    ] as const)('the option %s is kept', async (option, value) => {
      const { client, server } = await connected()
      expect(network('getOption', { handle: client, option })).not.toBe(value)
      await ask('setOption', { handle: client, option, value } as never, DONE)
      expect(network('getOption', { handle: client, option })).toBe(value)
      close(client, server)
    })

    test('a handle that was closed is EBADF', async () => {
      const handle = open()
      close(handle)
      expect(await errnoOf(() => network('localName', { handle }))).toBe('EBADF')
    })
  })
}
