import { describe, expect, test } from 'vitest'
import { AGAIN, type Handle } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { limitedScene } from '../support/limited-scene.js'

describe('datagrams at a rate', () => {
  const from = { family: 'inet', host: '192.0.2.1', port: 53 } as const

  /** Ten a second, of which ten may go at once. Datagrams always come, and are empty. */
  function scene() {
    const made = limitedScene({ datagramsPerSecond: 10 }, { receiveFrom: () => ({ length: 0, from }) })
    const take = (handle: Handle, peek = false) =>
      made.network('receiveFrom', { handle, into: new Uint8Array(8), peek }) === AGAIN ? AGAIN : 'one'
    const many = <T>(count: number, call: () => T) => Array.from({ length: count }, call)
    return { ...made, take, many }
  }

  test('those beyond it do not go, also if they are empty', () => {
    const { many, send, datagram, told } = scene()
    const handle = datagram()
    expect(many(11, () => send(handle, 0))).toEqual([...many(10, () => 0), AGAIN])
    expect(told).toEqual([['datagramsPerSecond', 10]])
  })

  test('those beyond it are not received', () => {
    const { many, take, datagram, inputsOf } = scene()
    const handle = datagram()
    expect(many(11, () => take(handle))).toEqual([...many(10, () => 'one'), AGAIN])
    expect(inputsOf('receiveFrom').length).toBe(10)
  })

  test('count over all sockets, and each direction by itself', () => {
    const { many, take, send, datagram } = scene()
    const [one, two] = [datagram(), datagram()]
    many(10, () => take(one))
    expect([take(two), send(two, 3)]).toEqual([AGAIN, 3])
  })

  test('one that was seen before is not counted again', () => {
    const { many, take, datagram } = scene()
    const handle = datagram()
    many(9, () => take(handle))
    expect([take(handle, true), take(handle, true), take(handle), take(handle)]).toEqual(['one', 'one', 'one', AGAIN])
  })

  test('a guest that waits is woken when one may go, and not before', () => {
    const { many, take, send, datagram, waits, set } = scene()
    const handle = datagram()
    set(handle, POLLIN | POLLOUT)
    many(10, () => take(handle))
    many(10, () => send(handle, 1))
    expect(waits([{ handle, events: POLLIN | POLLOUT }], 99)).toEqual({ found: [], ms: 99 })
    expect(waits([{ handle, events: POLLIN }])).toEqual({ found: [{ handle, events: POLLIN }], ms: 1 })
    expect([take(handle), take(handle)]).toEqual(['one', AGAIN])
    expect(waits([{ handle, events: POLLOUT }])).toEqual({ found: [{ handle, events: POLLOUT }], ms: 0 })
  })

  test('a guest that waits for what is new is told that it may go on', () => {
    const { many, take, datagram, watcher, set } = scene()
    const handle = datagram()
    const look = watcher(handle, POLLIN)
    set(handle, POLLIN)
    expect([look(), look()]).toEqual([POLLIN, 0])
    many(11, () => take(handle))
    expect([look(50), look(100), look()]).toEqual([0, POLLIN, 0])
  })

  test('streams and local pairs are free', () => {
    const { many, send, receive, stream, network } = scene()
    const [one] = network('pair', { type: 'dgram' })
    const handle = stream()
    expect(many(30, () => send(one, 1) === 1 && send(handle, 1) === 1 && receive(handle, 1) === 1)).not.toContain(false)
  })

  test('a socket that is closed leaves nothing behind', () => {
    const { many, take, datagram, network, innerWaits, waits } = scene()
    const handle = datagram()
    many(11, () => take(handle))
    network('close', { handle, abort: false })
    waits([], 2000)
    waits([], 5)
    expect(innerWaits().at(-1)).toEqual({ on: [], timeoutMs: 5 })
  })
})
