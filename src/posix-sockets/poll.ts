import type { Handle } from '../network/network.js'
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDHUP, POLLRDNORM, POLLWRNORM } from '../posix/constants.js'
import type { Blocking } from './blocking.js'
import type { FdTable } from './fd-table.js'
import type { Open } from './open-socket.js'

export interface PollRequest {
  /** A negative one is passed over. */
  readonly fd: number
  readonly events: number
}

/** What of a request's events the network is asked for. */
const POLL_BITS = POLLIN | POLLOUT | POLLRDHUP | POLLRDNORM | POLLWRNORM
/** What a file that never blocks answers: poll(2) says that regular files are always ready. */
const FILE_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM

/** poll(2): answers the `revents` of each request. `timeoutMs` is Infinity to wait for ever. */
export function* poll(table: FdTable<Open>, requests: readonly PollRequest[], timeoutMs: number): Blocking<number[]> {
  const wanted = new Map<Handle, number>()
  const handles = requests.map(({ fd, events }) => {
    const handle = fd >= 0 && table.has(fd) ? handleOf(table.get(fd)) : undefined
    if (handle !== undefined) wanted.set(handle, (wanted.get(handle) ?? 0) | withoutAliases(events & POLL_BITS))
    return handle
  })
  const isAnswered = requests.some(
    ({ fd, events }, index) => handles[index] === undefined && atOnce(table, fd, events) !== 0,
  )
  const on = [...wanted].map(([handle, events]) => ({ handle, events }))
  const found = new Map<Handle, number>()
  for (const { handle, events } of yield { on, timeoutMs: isAnswered ? 0 : timeoutMs }) found.set(handle, events)
  return requests.map(({ fd, events }, index) => {
    const handle = handles[index]
    return handle === undefined ? atOnce(table, fd, events) : withAliases(found.get(handle) ?? 0, events)
  })
}

/** What is known of a descriptor without asking the network. */
function atOnce(table: FdTable<Open>, fd: number, events: number): number {
  if (fd < 0) return 0
  return table.has(fd) ? events & FILE_READY : POLLNVAL
}

function handleOf(open: Open): Handle | undefined {
  return open.is === 'socket' ? open.handle : open.pollHandle?.()
}

function withoutAliases(events: number): number {
  return events | (events & POLLRDNORM ? POLLIN : 0) | (events & POLLWRNORM ? POLLOUT : 0)
}

/** What of `found` one request is told: what it asked for, and errors and hang-ups in any case. */
function withAliases(found: number, asked: number): number {
  const reported = found & (asked | POLLERR | POLLHUP)
  return reported | (found & POLLIN ? asked & POLLRDNORM : 0) | (found & POLLOUT ? asked & POLLWRNORM : 0)
}
