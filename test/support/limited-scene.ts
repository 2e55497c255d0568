import { type LimitName, limited, type NetworkLimits } from '../../src/network/limits/limits.js'
import {
  beginning,
  type Events,
  type Handle,
  type Input,
  type Interest,
  type Network,
} from '../../src/network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { fakeNetwork, fakeWorld } from './fake-network.js'

/** A kilobyte a second: a burst of 100 bytes, in pieces of 20. */
export const OUT = { bytesPerSecondOut: 1000 }
export const IN = { bytesPerSecondIn: 1000 }

/** What is so at a handle, and how often something has come. */
interface Conditions {
  holds: Events
  received: number
  room: number
}

type Answers = Parameters<typeof fakeNetwork>[0]

/**
 * A network behind limits, in a world where time passes in waits only. Handles count from 1, conditions are what the test sets, sending
 * and receiving always works, and everything is noted.
 */
export function limitedScene(limits: NetworkLimits, answers: Answers = {}) {
  const world = fakeWorld()
  const conditions = new Map<Handle, Conditions>()
  const planned: { at: number; happen: () => void }[] = []
  const told: [LimitName, number][] = []
  let handles = 0
  const of = (handle: Handle) => {
    const known = conditions.get(handle) ?? { holds: 0, received: 0, room: 0 }
    conditions.set(handle, known)
    return known
  }
  const open = () => ++handles
  const found = ({ handle, events, since, tag }: Interest): Interest[] => {
    const { holds, received, room } = of(handle)
    const isNews =
      since === undefined ||
      ((events & POLLOUT) !== 0 && since.sending !== room) ||
      (((events & POLLIN) !== 0 || (events & POLLOUT) === 0) && since.receiving !== received)
    const told = holds & (events | POLLERR | POLLHUP)
    if (!isNews || told === 0) return []
    return [{ handle, events: told, ...(since && { since: { receiving: received, sending: room } }), tag }]
  }
  const wait = ({ on, timeoutMs }: Input<'wait'>): readonly Interest[] => {
    const until = world.now() + timeoutMs
    for (;;) {
      const all = on.flatMap(found)
      if (all.length > 0) return all
      const next = planned[0]
      if (next === undefined || next.at > until) break
      planned.shift()
      world.pass(Math.max(0, next.at - world.now()))
      next.happen()
    }
    if (timeoutMs === Number.POSITIVE_INFINITY) throw new Error('it waits for ever')
    world.pass(Math.max(0, until - world.now()))
    return []
  }
  const inner = fakeNetwork({
    open,
    pair: () => [open(), open()],
    pipe: () => [open(), open()],
    listen: () => true,
    close: () => true,
    send: ({ data }) => data.length,
    receive: ({ into }) => into.length,
    wait,
    ...answers,
  })
  const network: Network = limited(inner.network, limits, {
    now: world.now,
    onLimit: (limit, value) => void told.push([limit, value]),
  })
  const waited = (input: Input<'wait'>): readonly Interest[] => {
    const found = network('wait', input)
    if (found instanceof Promise) throw new Error('this guest is not suspended')
    return found
  }
  return {
    ...inner,
    bare: inner.network,
    network,
    world,
    told,
    /** Conditions hold from now on, and something has come. */
    set(handle: Handle, holds: Events) {
      const known = of(handle)
      if ((holds & POLLIN) !== 0) known.received++
      if ((holds & POLLOUT) !== 0 && (known.holds & POLLOUT) === 0) known.room++
      known.holds = holds
    },
    /** Happens while the guest waits, so many milliseconds from now. */
    later(ms: number, happen: () => void) {
      planned.push({ at: world.now() + ms, happen })
      planned.sort((one, other) => one.at - other.at)
    },
    stream: () => network('open', { family: 'inet', type: 'stream' }),
    datagram: () => network('open', { family: 'inet', type: 'dgram' }),
    send: (handle: Handle, length: number) => network('send', { handle, data: new Uint8Array(length) }),
    receive: (handle: Handle, length: number, peek = false) =>
      network('receive', { handle, into: new Uint8Array(length), peek }),
    /** What a wait finds, and how long it took. */
    waits(on: readonly Interest[], timeoutMs = Number.POSITIVE_INFINITY) {
      const begun = world.now()
      const found = waited({ on, timeoutMs })
      return { found, ms: Math.round((world.now() - begun) * 1000) / 1000 }
    },
    /** What is new for an interest, as epoll asks with EPOLLET. */
    watcher(handle: Handle, events: Events) {
      let since = beginning
      return (timeoutMs = 0) => {
        const [one] = waited({ on: [{ handle, events, since, tag: 5 }], timeoutMs })
        since = one?.since ?? since
        return one?.events ?? 0
      }
    },
    innerWaits: () => inner.inputsOf('wait') as Input<'wait'>[],
  }
}

export function errnoOf(call: () => unknown): string {
  try {
    call()
    return 'none'
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}
