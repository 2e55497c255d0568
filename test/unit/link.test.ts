import { expect, test } from 'vitest'
import { linkSockets } from '../../src/abi/link.js'
import { type CallEvent, formatUntimed } from '../../src/abi/trace.js'
import { AGAIN } from '../../src/network/network.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

const EAGAIN = 6
const SOCK_NONBLOCK = 0x800

type Function = (...args: number[]) => number

/** A connected socket that does not block, its functions, and what is told of them. */
function linked(trace?: (event: CallEvent) => void) {
  const { network } = fakeNetwork({ pair: () => [7, 8], receive: () => AGAIN, send: ({ data }) => data.length })
  const sockets = new Sockets({ network, world: fakeWorld() })
  const { imports, setMemory } = linkSockets(sockets, { trace })
  const memory = new WebAssembly.Memory({ initial: 1 })
  new Uint8Array(memory.buffer).set(Buffer.from('hello'), 64)
  setMemory(memory)
  const functions = imports.posix_sockets as unknown as { send: Function; recv: Function; socketpair: Function }
  functions.socketpair(1, 1 | SOCK_NONBLOCK, 0, 8)
  return functions
}

test('a call that would block is told of by its errno, and any call by what it was given', () => {
  const told: string[] = []
  const { send, recv } = linked((event) => told.push(formatUntimed(event)))
  expect([send(3, 64, 5, 0), recv(3, 64, 5, 0), send(3, -1, 5, 0)]).toEqual([5, -EAGAIN, -21])
  expect(told.slice(1)).toEqual([
    'send(3, "hello", 5, 0) = 5',
    'recv(3, "", 5, 0) = -1 EAGAIN',
    'send(3, -1, 5, 0) = -1 EFAULT',
  ])
})

test('arguments that are missing are 0', () => {
  const { send } = linked()
  expect(send(3, 64)).toBe(0)
})
