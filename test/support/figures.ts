import type { SocketEvent } from '../../src/network/figures/figures.js'
import { metered } from '../../src/network/figures/metered.js'
import { AGAIN, type Input, type Network, type Operation, type Output } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import type { Errno } from '../../src/posix/errno.js'
import { SysError } from '../../src/posix/errno.js'
import { fakeNetwork, fakeWorld } from './fake-network.js'

type Answers = { [K in Operation]?: (input: Input<K>) => Output<K> }

export const at = (host: string, port: number): Address => ({ family: 'inet', host, port })

/** Throws each time it is asked. */
export const failing = (errno: Errno) => () => {
  throw new SysError(errno)
}

/** Answers these one after the other, and then the last for ever; an errno in front of `!` is thrown. */
export function inTurn<T>(...answers: (T | `${Errno}!`)[]): () => T {
  let turn = 0
  return () => {
    const answer = answers[Math.min(turn++, answers.length - 1)] as T | `${Errno}!`
    if (typeof answer === 'string' && answer.endsWith('!')) throw new SysError(answer.slice(0, -1) as Errno)
    return answer as T
  }
}

/** A fake network that is metered. Handles count from 1; sending takes all, and connecting succeeds at the second time. */
export function meteredFake(answers: Answers = {}) {
  const world = fakeWorld()
  const events: SocketEvent[] = []
  let last = 0
  const fake = fakeNetwork({
    open: () => ++last,
    pair: () => [++last, ++last],
    pipe: () => [++last, ++last],
    connect: inTurn<true | typeof AGAIN>(AGAIN, true),
    send: ({ data }) => data.length,
    close: () => true,
    ...answers,
  })
  const { network, figures } = metered(fake.network, { now: world.now, onEvent: (event) => events.push(event) })
  return { network, figures, world, events, asked: fake.asked }
}

/** Opens a TCP socket and connects it to 192.0.2.1:80. */
export function connected(network: ReturnType<typeof meteredFake>['network']): number {
  const handle = network('open', { family: 'inet', type: 'stream' })
  while (network('connect', { handle, to: at('192.0.2.1', 80) }) === AGAIN);
  return handle
}

export const bytes = (length: number) => new Uint8Array(length)
/** Whatever errno comes of it. */
export const ignoring = (call: () => unknown) => {
  try {
    call()
  } catch (error) {
    if (!(error instanceof SysError)) throw error
  }
}
export const open = (network: Network, type: 'stream' | 'dgram' = 'stream') => network('open', { family: 'inet', type })
