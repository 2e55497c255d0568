import type { Input, Network, Output } from './network.js'

export interface Interrupts {
  /** Throws to stop the guest. Asked before every operation but close. */
  readonly check: () => void
  /** Milliseconds until there is a reason to stop, Infinity when none is foreseen. */
  readonly leftMs: () => number
  /** Calls `stop` once there is a reason that was not foreseen; answers how to call that off. For guests that are suspended while they wait. */
  readonly listen?: ((stop: () => void) => () => void) | undefined
  /** The network itself ends its waits for such a reason. */
  readonly endsWaits?: boolean
}

/** Lets a deadline end waits, and a guest that goes on calling. */
export function interruptible(network: Network, interrupts: Interrupts): Network {
  const { check } = interrupts
  return (name, input) => {
    if (name !== 'close') check() // a guest that was stopped still has its sockets closed
    return name === 'wait'
      ? (wait(network, input as Input<'wait'>, interrupts) as Output<typeof name>)
      : network(name, input)
  }
}

function wait(network: Network, { on, timeoutMs }: Input<'wait'>, { check, leftMs, listen, endsWaits }: Interrupts) {
  const mostMs = leftMs()
  const found = network('wait', { on, timeoutMs: Math.min(timeoutMs, Math.max(0, mostMs)) })
  if (!(found instanceof Promise)) {
    check()
    return found
  }
  if (endsWaits && mostMs === Number.POSITIVE_INFINITY) return found
  return listen === undefined || endsWaits ? found.then(checked(check)) : orStopped(found, check, listen)
}

function checked(check: () => void) {
  return <T>(answer: T): T => {
    check()
    return answer
  }
}

/** The same promise, but that it fails at once where there is a reason to stop. */
function orStopped<T>(promise: Promise<T>, check: () => void, listen: NonNullable<Interrupts['listen']>): Promise<T> {
  return new Promise((resolve, reject) => {
    const ifAllowed = (then: () => void) => {
      try {
        check()
        then()
      } catch (error) {
        reject(error)
      }
    }
    const callOff = listen(() => ifAllowed(() => {}))
    const settled = (then: () => void) => {
      callOff()
      ifAllowed(then)
    }
    promise.then(
      (answer) => settled(() => resolve(answer)),
      (error) => settled(() => reject(error)),
    )
  })
}
