import type { Handle, Interest } from '../network/network.js'
import { POLLIN, POLLNVAL, POLLOUT, POLLRDNORM, POLLWRNORM } from '../posix/constants.js'
import type { Blocking } from './blocking.js'
import type { FdTable } from './fd-table.js'
import type { Open } from './open-socket.js'

export interface PollRequest {
  /** A negative one is passed over. */
  readonly fd: number
  readonly events: number
}

/** What a file that never blocks answers: poll(2) says that regular files are always ready. */
const FILE_READY = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM

/** poll(2): answers the `revents` of each request. `timeoutMs` is Infinity to wait for ever. */
export function* poll(table: FdTable<Open>, requests: readonly PollRequest[], timeoutMs: number): Blocking<number[]> {
  const waited: Interest[] = []
  const positions: number[] = []
  const answers = requests.map(({ fd, events }, position) => {
    if (fd < 0) return 0
    if (!table.has(fd)) return POLLNVAL
    const handle = handleOf(table.get(fd))
    if (handle === undefined) return events & FILE_READY
    waited.push({ handle, events: withoutAliases(events) })
    positions.push(position)
    return 0
  })
  const isAnswered = answers.some((revents) => revents !== 0)
  const found = yield { on: waited, timeoutMs: isAnswered ? 0 : timeoutMs }
  // What was found comes in the order of what was asked.
  let next = 0
  for (const [index, interest] of waited.entries()) {
    const here = found[next]
    if (here === undefined) break
    if (here.handle !== interest.handle) continue
    const position = positions[index] as number
    answers[position] = withAliases(here.events, requests[position]?.events ?? 0)
    next++
  }
  return answers
}

function handleOf(open: Open): Handle | undefined {
  return open.is === 'socket' ? open.handle : open.pollHandle?.()
}

function withoutAliases(events: number): number {
  return events | (events & POLLRDNORM ? POLLIN : 0) | (events & POLLWRNORM ? POLLOUT : 0)
}

function withAliases(found: number, asked: number): number {
  const reported = found & (asked | ~(POLLIN | POLLOUT))
  return reported | (found & POLLIN ? asked & POLLRDNORM : 0) | (found & POLLOUT ? asked & POLLWRNORM : 0)
}
