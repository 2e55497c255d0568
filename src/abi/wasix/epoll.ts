import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLONESHOT,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
} from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import type { EpollEvent } from '../../posix-sockets/epoll.js'
import type { Sockets } from '../../posix-sockets/sockets.js'
import { type Call, call } from '../call.js'
import { struct, u32, u64 } from '../layout.js'
import type { GuestMemory } from '../memory.js'
import { type Bits, ours, theirs } from '../numbering.js'
import { out } from '../outputs.js'
import { fd, i32, i64, pointer } from '../params.js'
import { millisecondsOf } from './times.js'

/*
 * __wasi_epoll_event_t, 32 bytes. All but the events is the guest's own, and is kept as one number of 192 bits.
 *
 *   0        8    12   16      24
 *   | events | ptr| fd | data1 | data2 |
 */
const layout = struct({ events: u32, low: u64, middle: u64, high: u64 })

const eventBits: Bits = [
  [1, POLLIN],
  [2, POLLOUT],
  [4, POLLRDHUP],
  [8, POLLPRI],
  [16, POLLERR],
  [32, POLLHUP],
  [64, EPOLLET],
  [128, EPOLLONESHOT],
]
/**
 * The witx has ADD 0, MOD 1, DEL 2; wasix-libc passes Linux's ADD 1, DEL 2, MOD 3 on unchanged. So 0 and 1 add a descriptor, or replace
 * the event of one that is there.
 */
const ADD_OR_REPLACE = 'add or replace'
const operations = [ADD_OR_REPLACE, ADD_OR_REPLACE, EPOLL_CTL_DEL, EPOLL_CTL_MOD] as const
const NO_OPERATION = 0

/** The most events that Linux lets epoll_wait ask for. */
const MOST_EVENTS = Math.floor(0x7fffffff / layout.size)

export const wasixEpoll: Readonly<Record<string, Call>> = {
  epoll_create: call([out('result', u32)], ({ sockets }, result) =>
    result.write(sockets.epollCreate({ closeOnExec: false })),
  ),

  epoll_ctl: call([i32('epfd'), i32('op'), fd, pointer('event')], ({ sockets, memory }, epfd, number, fd, pointer) => {
    const op = operations[number] ?? NO_OPERATION
    const event = op === EPOLL_CTL_DEL ? { events: 0, data: 0n } : read(memory, pointer)
    if (op === ADD_OR_REPLACE) addOrReplace(sockets, epfd, { fd, event })
    else sockets.epollControl(epfd, { op, fd, event })
  }),

  epoll_wait: call(
    [i32('epfd'), pointer('events'), i32('maxevents'), i64('timeout'), out('count', u32)],
    function* ({ sockets, memory }, epfd, events, most, timeout, count) {
      if (most <= 0 || most > MOST_EVENTS) throw new SysError('EINVAL')
      memory.check(events, most * layout.size)
      const found = yield* sockets.epollWait(
        epfd,
        most,
        timeout < 0n ? Number.POSITIVE_INFINITY : millisecondsOf(timeout),
      )
      for (const [index, event] of found.entries()) write(memory, events + index * layout.size, event)
      count.write(found.length)
    },
  ),
}

function addOrReplace(sockets: Sockets, epfd: number, of: { fd: number; event: EpollEvent }): void {
  try {
    sockets.epollControl(epfd, { op: EPOLL_CTL_ADD, ...of })
  } catch (error) {
    if (!(error instanceof SysError) || error.errno !== 'EEXIST') throw error
    sockets.epollControl(epfd, { op: EPOLL_CTL_MOD, ...of })
  }
}

function read(memory: GuestMemory, pointer: number): EpollEvent {
  const { events, low, middle, high } = layout.read(memory, pointer)
  return { events: ours(eventBits, events), data: low | (middle << 64n) | (high << 128n) }
}

function write(memory: GuestMemory, pointer: number, { events, data }: EpollEvent): void {
  const part = (at: bigint) => BigInt.asUintN(64, data >> at)
  layout.write(memory, pointer, {
    events: theirs(eventBits, events),
    low: part(0n),
    middle: part(64n),
    high: part(128n),
  })
}
