import type { Guest } from '../abi/guest.js'
import { readAt, u8, u32, u64, writeAt } from '../abi/layout.js'
import { POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLRDHUP } from '../posix/constants.js'
import { SysError, wasiNumber } from '../posix/errno.js'
import type { Blocking } from '../posix-sockets/blocking.js'
import type { PollRequest } from '../posix-sockets/poll.js'
import { clockMs, isClock } from './clocks.js'
import { type Files, isProvided, isRegular } from './files.js'
import { clockSubscription, event } from './structures.js'

const TAG_CLOCK = 0
const TAG_READ = 1
const TAG_WRITE = 2
const ABSOLUTE = 1
const HANGUP = 1
/* A subscription: | userdata | tag, 7 unused | what the tag says |, of 8 bytes, 8 and 32. */
const TAG_AT = 8
const FD_AT = 16

/** The most clocks in one call. */
const MOST_CLOCKS = 64

/** Each descriptor for reading and for writing, and clocks. As poll(2), which refuses more than RLIMIT_NOFILE: all are read before the wait. */
function mostSubscriptions(descriptors: number): number {
  return 2 * descriptors + MOST_CLOCKS
}

interface ClockWait {
  readonly userdata: bigint
  readonly isKnown: boolean
  readonly timeoutMs: number
}
interface FdWait extends PollRequest {
  readonly userdata: bigint
  readonly type: number
}

/** poll_oneoff: sockets, files, standard input and clocks in one wait. A bad descriptor and a clock that there is not are told of in their events. */
export function* pollOneoff(
  guest: Guest,
  files: Files,
  [from, to, signedCount, countAt]: readonly [number, number, number, number],
): Blocking<void> {
  const { memory, sockets } = guest
  const count = signedCount >>> 0
  if (count === 0 || count > mostSubscriptions(sockets.table.limit)) throw new SysError('EINVAL')
  memory.check(from, count * clockSubscription.size)
  memory.check(to, count * event.size)
  memory.check(countAt, 4)
  const { clocks, fds } = readSubscriptions(guest, from, count)
  const timeoutMs = clocks.reduce((least, clock) => Math.min(least, clock.timeoutMs), Number.POSITIVE_INFINITY)
  const begun = sockets.world.now()
  const found = yield* sockets.poll(fds, Math.max(0, timeoutMs))
  const isOver = found.every((revents) => revents === 0)
  const elapsed = isOver ? timeoutMs : sockets.world.now() - begun
  let written = 0
  const write = (value: Parameters<typeof event.write>[2]) => event.write(memory, to + written++ * event.size, value)
  for (const [index, { userdata, type, fd }] of fds.entries()) {
    const revents = found[index] ?? 0
    if (revents !== 0) write({ userdata, type, ...described(guest, files, { fd, revents }) })
  }
  for (const { userdata, timeoutMs, isKnown } of clocks) {
    const error = isKnown ? 0 : wasiNumber('EINVAL')
    if (timeoutMs <= elapsed) write({ userdata, error, type: TAG_CLOCK, bytes: 0n, flags: 0 })
  }
  writeAt(memory, u32, countAt, written)
}

function readSubscriptions({ memory, sockets }: Guest, from: number, count: number) {
  const clocks: ClockWait[] = []
  const fds: FdWait[] = []
  for (let index = 0; index < count; index++) {
    const at = from + index * clockSubscription.size
    const type = readAt(memory, u8, at + TAG_AT)
    if (type === TAG_CLOCK) {
      const { userdata, clock, timeout, flags } = clockSubscription.read(memory, at)
      const isKnown = isClock(clock)
      const begun = isKnown && (flags & ABSOLUTE) !== 0 ? clockMs(sockets.world, clock) : 0
      clocks.push({ userdata, isKnown, timeoutMs: isKnown ? Number(timeout) / 1e6 - begun : 0 })
    } else {
      if (type > TAG_WRITE) throw new SysError('EINVAL')
      const [userdata, fd] = [readAt(memory, u64, at), readAt(memory, u32, at + FD_AT)]
      fds.push({ userdata, type, fd, events: type === TAG_READ ? POLLIN | POLLRDHUP : POLLOUT })
    }
  }
  return { clocks, fds }
}

function described(guest: Guest, files: Files, { fd, revents }: { fd: number; revents: number }) {
  if ((revents & POLLNVAL) !== 0) return { error: wasiNumber('EBADF'), bytes: 0n, flags: 0 }
  return {
    error: (revents & POLLERR) !== 0 && (revents & (POLLIN | POLLOUT)) === 0 ? wasiNumber('EIO') : 0,
    bytes: (revents & POLLIN) !== 0 ? availableOf(guest, files, fd) : 0n,
    flags: (revents & (POLLHUP | POLLRDHUP)) !== 0 ? HANGUP : 0,
  }
}

/** Bytes, or for a listener 1. */
function availableOf({ sockets }: Guest, files: Files, fd: number): bigint {
  const open = sockets.table.get(fd)
  if (isProvided(open)) return isRegular(open) ? restOf(files.stat(open).size, open.position) : 0n
  if (open.is === 'socket' && open.state === 'listening') return 1n
  return open.is === 'socket' || open.is === 'pipe' ? BigInt(sockets.available(fd)) : 0n
}

function restOf(size: bigint, position: bigint): bigint {
  return size > position ? size - position : 0n
}
