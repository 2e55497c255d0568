import type { Handle, Interest } from '../network/network.js'
import { POLLIN, POLLNVAL, POLLRDNORM } from '../posix/constants.js'
import type { Blocking } from './blocking.js'
import type { FdTable } from './fd-table.js'
import { handleOf, type Open } from './open.js'
import { askedOf, toldOf, type Watch, watch } from './watch.js'

export interface PollRequest {
  /** A negative one is passed over. */
  readonly fd: number
  readonly events: number
}

/** How long a call waits: Infinity for ever. `now` is only asked where a timer may be due before. */
export interface WaitingTime {
  readonly timeoutMs: number
  readonly now: () => number
}

/** poll(2): answers the `revents` of each request. */
export function* poll(
  table: FdTable<Open>,
  requests: readonly PollRequest[],
  { timeoutMs, now }: WaitingTime,
): Blocking<number[]> {
  for (let leftMs = timeoutMs; ; ) {
    const plan = planOf(table, requests)
    const isWhole = plan.againMs >= leftMs
    const endMs = isWhole || leftMs === Number.POSITIVE_INFINITY ? leftMs : now() + leftMs
    const isAnswered = plan.revents.some((events) => events !== 0)
    const found = yield { on: plan.on, timeoutMs: isAnswered ? 0 : Math.min(leftMs, plan.againMs) }
    const revents = reported(plan, requests, found)
    if (isWhole || revents.some((events) => events !== 0)) return revents
    if (leftMs !== Number.POSITIVE_INFINITY) leftMs = Math.max(0, endMs - now())
  }
}

interface Plan {
  readonly on: readonly Interest[]
  /** What holds already, of each request. */
  readonly revents: number[]
  /** Of each request that the network is asked about. */
  readonly handles: readonly (Handle | undefined)[]
  readonly againMs: number
}

function planOf(table: FdTable<Open>, requests: readonly PollRequest[]): Plan {
  const wanted = new Map<Handle, number>()
  const others: Interest[] = []
  const handles = new Array<Handle | undefined>(requests.length)
  let againMs = Number.POSITIVE_INFINITY
  const note = ({ on, now, againMs: itsMs }: Watch) => {
    others.push(...on)
    if (itsMs !== undefined) againMs = Math.min(againMs, itsMs)
    return now
  }
  const revents = requests.map(({ fd, events }, index) => {
    if (fd < 0) return 0
    if (!table.has(fd)) return POLLNVAL
    const open = table.get(fd)
    const handle = handleOf(open)
    handles[index] = handle
    if (handle === undefined) return note(watch(open, events, { tag: index }))
    wanted.set(handle, (wanted.get(handle) ?? 0) | askedOf(events))
    return 0
  })
  const on: Interest[] = [...wanted].map(([handle, events]) => ({ handle, events }))
  return { on: others.length > 0 ? [...on, ...others] : on, revents, handles, againMs }
}

/** The `revents` of each request, by what was found. */
function reported({ revents, handles }: Plan, requests: readonly PollRequest[], all: readonly Interest[]): number[] {
  const found = new Map<Handle, number>()
  for (const { handle, events, tag } of all) {
    if (tag === undefined) found.set(handle, events)
    else revents[tag] = POLLIN | POLLRDNORM
  }
  return requests.map(({ events }, index) => {
    const handle = handles[index]
    const known = revents[index] ?? 0
    if (handle !== undefined) return toldOf(found.get(handle) ?? 0, events)
    return known === POLLNVAL ? known : known & events
  })
}
