import type { Input, Network, Output } from '../network.js'
import { untilAnswered, whenDone } from '../when-done.js'

export interface Ticks {
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  readonly everyMs: number
  /** Called about every so often, before an operation or during a wait. */
  readonly tick: () => void
}

/** How many operations may go by without a look at the clock. */
const MOST_UNSEEN = 64

/** Lets something be done every so often in the guest's thread, also while the guest waits: long waits are done in pieces. */
export function ticking(network: Network, { now, everyMs, tick }: Ticks): Network {
  let nextAt = now() + everyMs
  let unseen = 0
  const look = () => {
    unseen = 0
    const at = now()
    if (at < nextAt) return at
    nextAt = at + everyMs
    tick()
    return at
  }
  const wait = ({ on, timeoutMs }: Input<'wait'>): Output<'wait'> => {
    const deadline = look() + timeoutMs
    return untilAnswered(() => {
      const leftMs = Math.max(0, deadline - now())
      const pieceMs = Math.min(leftMs, Math.max(1, nextAt - now()))
      return whenDone(network('wait', { on, timeoutMs: pieceMs }), (found) => {
        if (found.length > 0 || pieceMs >= leftMs) return found
        look()
        return undefined
      })
    })
  }
  return (name, input) => {
    if (name === 'wait' && (input as Input<'wait'>).timeoutMs > 0)
      return wait(input as Input<'wait'>) as ReturnType<typeof network<typeof name>>
    if (++unseen >= MOST_UNSEEN) look()
    return network(name, input)
  }
}
