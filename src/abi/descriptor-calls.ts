import { EPOLL_CTL_DEL, F_GETFL, F_SETFL, FIONREAD, O_CLOEXEC, SIOCATMARK, TIOCOUTQ } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { PollRequest } from '../posix-sockets/poll.js'
import { type Call, call } from './call.js'
import type { Guest } from './guest.js'
import { i16, readAt, struct, u32, u64, i32 as word, writeAt } from './layout.js'
import { linux, ours, theirs, wasiLibc } from './numbering.js'
import { fd, i32, notNullPointer, pointer } from './params.js'

const pollfd = struct({ fd: word, events: i16, revents: i16 })
const epollEvent = struct({ events: u32, data: u64 }) // 16 bytes

/** The most events that Linux lets epoll_wait ask for. */
const MOST_EVENTS = Math.floor(0x7fffffff / epollEvent.size)

/** Requests of ioctl that answer a number. */
const readingRequests: ReadonlySet<number> = new Set([FIONREAD, TIOCOUTQ, SIOCATMARK])

/** The calls of `posix_sockets` that take descriptors of anything, and those that make pipes and epoll instances. */
export const descriptorCalls: Readonly<Record<string, Call>> = {
  close: call([fd], (guest, fd) => guest.sockets.close(fd)),

  dup: call([fd], (guest, fd) => guest.sockets.dup(fd)),

  dup2: call([fd, i32('to')], (guest, fd, to) => guest.sockets.dup2(fd, to)),

  dup3: call([fd, i32('to'), i32('flags')], (guest, fd, to, flags) => guest.sockets.dup3(fd, to, flags)),

  descriptor_limit: call([i32('limit')], ({ sockets }, limit) => {
    if (limit >= 0) sockets.table.limitTo(limit)
    return sockets.table.limit
  }),

  fcntl: call([fd, i32('command'), i32('argument')], ({ sockets, numbering }, fd, command, argument) => {
    if (command === F_SETFL) return sockets.setNonBlocking(fd, (argument & numbering.nonBlock) !== 0)
    if (command === F_GETFL)
      return numbering.access[sockets.accessOf(fd)] | (sockets.isNonBlocking(fd) ? numbering.nonBlock : 0)
    return sockets.fcntl(fd, command, argument)
  }),

  ioctl: call([fd, i32('request'), pointer('argument')], ({ sockets, memory }, fd, request, argument) => {
    sockets.table.get(fd)
    if (!readingRequests.has(request)) return sockets.ioctl(fd, request, readAt(memory, word, argument)) && 0
    memory.check(argument, 4)
    writeAt(memory, word, argument, sockets.ioctl(fd, request, 0))
  }),

  poll: call(
    [pointer('fds'), i32('count'), i32('timeout')],
    function* ({ sockets, memory, numbering }, fds, count, timeout) {
      if (count >>> 0 > sockets.table.limit) throw new SysError('EINVAL')
      memory.check(fds, count * pollfd.size)
      const at = (index: number) => fds + index * pollfd.size
      const requests: PollRequest[] = []
      for (let index = 0; index < count; index++) {
        const { fd, events } = pollfd.read(memory, at(index))
        requests.push({ fd, events: ours(numbering.pollEvents, events) })
      }
      const found = yield* sockets.poll(requests, milliseconds(timeout))
      for (const [index, revents] of found.entries())
        writeAt(memory, i16, at(index) + 6, theirs(numbering.pollEvents, revents))
      return found.filter((revents) => revents !== 0).length
    },
  ),

  pipe: call([notNullPointer('fds'), i32('flags')], (guest, fds, flags) => {
    const { nonBlock, closeOnExec } = pipeFlags(guest)
    if ((flags & ~(nonBlock | closeOnExec)) !== 0) throw new SysError('EINVAL')
    guest.memory.check(fds, 8)
    const [reader, writer] = guest.sockets.pipe({
      nonBlocking: (flags & nonBlock) !== 0,
      closeOnExec: (flags & closeOnExec) !== 0,
    })
    writeAt(guest.memory, word, fds, reader)
    writeAt(guest.memory, word, fds + 4, writer)
  }),

  epoll_create1: call([i32('flags')], ({ sockets }, flags) => {
    if ((flags & ~O_CLOEXEC) !== 0) throw new SysError('EINVAL')
    return sockets.epollCreate({ closeOnExec: flags !== 0 })
  }),

  epoll_ctl: call([i32('epfd'), i32('op'), fd, pointer('event')], ({ sockets, memory }, epfd, op, fd, pointer) => {
    if (op !== EPOLL_CTL_DEL && pointer === 0) throw new SysError('EFAULT')
    const event = op === EPOLL_CTL_DEL ? { events: 0, data: 0n } : epollEvent.read(memory, pointer)
    sockets.epollControl(epfd, { op, fd, event: { ...event, events: event.events | 0 } })
  }),

  epoll_wait: call(
    [i32('epfd'), pointer('events'), i32('maxevents'), i32('timeout')],
    function* ({ sockets, memory }, epfd, events, most, timeout) {
      if (most <= 0 || most > MOST_EVENTS) throw new SysError('EINVAL')
      memory.check(events, most * epollEvent.size)
      const found = yield* sockets.epollWait(epfd, most, milliseconds(timeout))
      let at = events
      for (const { events, data } of found) {
        epollEvent.write(memory, at, { events: events >>> 0, data })
        at += epollEvent.size
      }
      return found.length
    },
  ),
}

/** A timeout of poll(2): negative is for ever. */
function milliseconds(timeout: number): number {
  return timeout < 0 ? Number.POSITIVE_INFINITY : timeout
}

/** pipe2 takes Linux's flags, and wasi-libc's from a guest that may have them: no flag of the one means another thing in the other. */
function pipeFlags({ numbering, numberingIsKnown }: Guest): { nonBlock: number; closeOnExec: number } {
  const isPlain = numberingIsKnown && numbering === linux
  return {
    nonBlock: linux.nonBlock | (isPlain ? 0 : wasiLibc.nonBlock),
    closeOnExec: O_CLOEXEC | (isPlain ? 0 : wasiLibc.sockCloseOnExec),
  }
}
