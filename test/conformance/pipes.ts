import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { bytes, type Scene, text } from './scene.js'

/** Pipes. */
export function testPipes({ network, wait, errnoOf, close, sendAll, receiveAll }: Scene): void {
  describe('pipes', () => {
    test('bytes go one way, and then comes the end', async () => {
      const [reader, writer] = network('pipe', {})
      expect(network('receive', { handle: reader, into: new Uint8Array(4), peek: false })).toBe(AGAIN)
      expect(await network('wait', { on: [{ handle: reader, events: POLLIN }], timeoutMs: 0 })).toEqual([])
      expect(await wait(writer, POLLOUT)).toBe(POLLOUT)
      await sendAll(writer, bytes('one way'))
      expect([await wait(reader, POLLIN | POLLOUT), network('available', { handle: reader })]).toEqual([POLLIN, 7])
      close(writer)
      expect(await wait(reader, POLLIN)).toBe(POLLIN | POLLHUP)
      expect(text(await receiveAll(reader, 100))).toBe('one way')
      expect(await wait(reader, 0)).toBe(POLLHUP)
      close(reader)
    })

    test('one that is full has room for 4096 bytes before it is writable', async () => {
      const [reader, writer] = network('pipe', {})
      while (network('send', { handle: writer, data: new Uint8Array(4096) }) !== AGAIN);
      expect(await network('wait', { on: [{ handle: writer, events: POLLOUT }], timeoutMs: 0 })).toEqual([])
      expect(network('available', { handle: reader })).toBeGreaterThan(65_536 - 4096)
      await receiveAll(reader, 4096)
      expect(await wait(writer, POLLOUT)).toBe(POLLOUT)
      close(reader, writer)
    })

    test('writing where nobody reads any more is EPIPE', async () => {
      const [reader, writer] = network('pipe', {})
      close(reader)
      expect(await wait(writer, 0)).toBe(POLLERR)
      expect(await errnoOf(() => network('send', { handle: writer, data: bytes('x') }))).toBe('EPIPE')
      close(writer)
    })
  })
}
