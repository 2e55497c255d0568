import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { runBlocking } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { overNetwork } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

/** Standard input of a stream in another thread, where three bytes come once somebody has waited. */
function input() {
  let hasWaited = false
  const { network, inputsOf } = fakeNetwork({
    receive: () => (hasWaited ? 3 : AGAIN),
    available: () => 3,
    wait: ({ on }) => {
      hasWaited = true
      return on
    },
  })
  const sockets = new Sockets({ network, world: fakeWorld() })
  const stdin = overNetwork(network, { isTerminal: false, carries: 'input' }, () => 8)
  sockets.table.set(0, stdin)
  return {
    sockets,
    read: () => runBlocking(stdin.read(new Uint8Array(9)), network),
    waits: () => inputsOf('wait').length,
  }
}

describe('standard input', () => {
  test('is waited for', () => {
    const { read, waits } = input()
    expect([read(), waits()]).toEqual([3, 1])
  })

  test('with O_NONBLOCK is not, by whichever descriptor that was set', () => {
    const { sockets, read, waits } = input()
    sockets.setNonBlocking(sockets.dup(0), true)
    expect(sockets.isNonBlocking(0)).toBe(true)
    expect(read).toThrow(new SysError('EAGAIN'))
    sockets.setNonBlocking(0, false)
    expect([read(), waits()]).toEqual([3, 1])
  })

  test('tells how much of it is there', () => {
    expect(input().sockets.ioctl(0, 0x541b, 0)).toBe(3)
  })
})
