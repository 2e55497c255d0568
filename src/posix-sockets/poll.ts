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

/** poll(2): answers the `revents` of each request. `timeoutMs` is Infinity to wait for ever. */
export function* poll(table: FdTable<Open>, requests: readonly PollRequest[], timeoutMs: number): Blocking<number[]> {
  const wanted = new Map<Handle, number>()
  const others: Interest[] = []
  const handles = new Array<Handle | undefined>(requests.length)
  const revents = requests.map(({ fd, events }, index) => {
    if (fd < 0) return 0
    if (!table.has(fd)) return POLLNVAL
    const open = table.get(fd)
    const handle = handleOf(open)
    handles[index] = handle
    if (handle === undefined) return noteOther(watch(open, events, { tag: index }), others)
    wanted.set(handle, (wanted.get(handle) ?? 0) | askedOf(events))
    return 0
  })
  const on: Interest[] = [...wanted].map(([handle, events]) => ({ handle, events }))
  const isAnswered = revents.some((events) => events !== 0)
  const found = new Map<Handle, number>()
  const step = yield { on: others.length > 0 ? [...on, ...others] : on, timeoutMs: isAnswered ? 0 : timeoutMs }
  for (const { handle, events, tag } of step) {
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

/** Adds what a descriptor without a handle waits for; answers what holds already. */
function noteOther({ on, now }: Watch, others: Interest[]): number {
  others.push(...on)
  return now
}
