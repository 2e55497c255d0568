import { isThenable } from '../embedder/take.js'
import type { Network } from './network.js'

/** A network of the caller's. Throws a `TypeError` for a promise that nothing would await: of any operation but `wait`. */
export function givenNetwork(network: Network, { maySuspend }: { maySuspend: boolean }): Network {
  return (name, input) => {
    const answer = network(name, input)
    if ((name === 'wait' && maySuspend) || !isThenable(answer)) return answer
    Promise.resolve(answer).catch(() => {}) // the error that is thrown says what is wrong
    throw new TypeError(`the network has returned a promise for ${name}: ${name === 'wait' ? BLOCKS : ONLY_WAIT}`)
  }
}

const BLOCKS = "this guest blocks its thread while it waits; use mode: 'suspend'"
const ONLY_WAIT = 'only wait may take time'
