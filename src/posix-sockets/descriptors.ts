import type { Network } from '../network/network.js'
import type { MaybePromise } from '../network/when-done.js'
import {
  F_DUPFD,
  F_DUPFD_CLOEXEC,
  F_GETFD,
  F_SETFD,
  FD_CLOEXEC,
  FIONBIO,
  FIONREAD,
  O_CLOEXEC,
  SIOCATMARK,
  TIOCOUTQ,
} from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import { type Blocking, type MaybeBlocking, runBlocking, runSuspending, whole } from './blocking.js'
import { type EpollChange, type EpollEvent, epollControl, epollWait } from './epoll.js'
import { OpenEvent } from './event.js'
import { FdTable } from './fd-table.js'
import type { Ground } from './ground.js'
import { handleOf, type Open, type OpenPipe, readPipe, writePipe } from './open.js'
import { OpenEpoll } from './open-epoll.js'
import { lingers, type OpenSocket } from './open-socket.js'
import { type PollRequest, poll } from './poll.js'
import { closesWithReset, untilSent } from './stream-calls.js'
import { SuspendedWaits } from './suspended-waits.js'
import { OpenTimer, type TimerSetting } from './timer.js'

/** How a descriptor is made. */
export interface DescriptorFlags {
  readonly nonBlocking: boolean
  /** FD_CLOEXEC, which is kept and answered: a guest cannot exec. */
  readonly closeOnExec?: boolean
}

/** The descriptors of a guest, and the calls that take any of them: files, sockets, pipes and epoll instances in one table. */
export class Descriptors {
  readonly network: Network
  readonly world: World
  /** Every descriptor of the guest: sockets, and files that a WASI layer has put beside them. */
  readonly table: FdTable<Open>
  protected readonly ground: Ground
  readonly #waits = new SuspendedWaits()

  constructor(network: Network, world: World, { limit, first }: { limit: number; first: number }) {
    this.network = network
    this.world = world
    this.ground = { network, now: () => world.now() }
    this.table = new FdTable({ limit, first })
  }

  /** Carries out a call, blocking this thread as long as it waits. */
  run<T>(call: MaybeBlocking<T>): T {
    return runBlocking(call, this.network)
  }

  /** Carries out a call; what comes of it is a promise where the network's waits are. */
  carryOut<T>(call: Blocking<T>): MaybePromise<T> {
    return runSuspending(call, this.network, this.#waits)
  }

  /** pipe2(2): the end to read from, and the end to write to. */
  pipe({ nonBlocking, closeOnExec = false }: DescriptorFlags): [number, number] {
    this.table.ensureRoom(2)
    const handles = this.network('pipe', {})
    const [reader, writer] = (['read', 'write'] as const).map((end, index) => {
      const pipe: OpenPipe = { is: 'pipe', references: 0, handle: handles[index] as number, end, nonBlocking }
      return this.table.add(pipe, { closeOnExec })
    })
    return [reader as number, writer as number]
  }

  /** read(2) on what is no file of a provider's. Sockets have a `receive`. */
  read(fd: number, into: Uint8Array): MaybeBlocking<number> {
    const open = this.table.get(fd)
    if (open.is === 'event' || open.is === 'timer') return open.read(into)
    if (open.is !== 'pipe') throw new SysError('EINVAL')
    return readPipe(this.network, open, into)
  }

  /** write(2), likewise. */
  write(fd: number, data: Uint8Array): MaybeBlocking<number> {
    const open = this.table.get(fd)
    if (open.is === 'event') return open.write(data)
    if (open.is !== 'pipe') throw new SysError('EINVAL')
    return writePipe(this.network, open, data)
  }

  /** eventfd(2). */
  event(value: bigint, { isSemaphore, ...flags }: DescriptorFlags & { isSemaphore: boolean }): number {
    return this.table.add(new OpenEvent(value, { isSemaphore, nonBlocking: flags.nonBlocking }), flags)
  }

  /** timerfd_create(2). */
  timer(clock: 'realtime' | 'monotonic', flags: DescriptorFlags): number {
    const { world } = this
    return this.table.add(new OpenTimer(clock === 'realtime' ? () => world.time() : () => world.now(), flags), flags)
  }

  /** timerfd_settime(2); returns how it was set. */
  setTimer(fd: number, setting: TimerSetting, { isAbsolute }: { isAbsolute: boolean }): TimerSetting {
    return this.timerOf(fd).set(setting, { isAbsolute })
  }

  /** The timer of a descriptor; `EINVAL` for anything else. */
  timerOf(fd: number): OpenTimer {
    const open = this.table.get(fd)
    if (open.is !== 'timer') throw new SysError('EINVAL')
    return open
  }

  close(fd: number): MaybeBlocking<void> {
    const open = this.table.get(fd)
    if (open.is !== 'socket' || open.references > 1 || !lingers(open)) return this.release(fd)
    return this.#closeLater(fd, open)
  }

  /** Linux frees the descriptor first. */
  *#closeLater(fd: number, open: OpenSocket): Blocking<void> {
    this.table.remove(fd)
    try {
      yield* untilSent(this.ground, open)
    } finally {
      this.#closeLast(open)
    }
  }

  poll(requests: readonly PollRequest[], timeoutMs: number): Blocking<number[]> {
    return poll(this.table, requests, { timeoutMs, now: this.ground.now })
  }

  epollCreate({ closeOnExec }: { closeOnExec: boolean }): number {
    return this.table.add(new OpenEpoll(), { closeOnExec })
  }

  epollControl(epfd: number, change: EpollChange): void {
    epollControl(this.table, epfd, change)
  }

  /** `timeoutMs` is Infinity to wait for ever. */
  epollWait(epfd: number, most: number, timeoutMs: number): Blocking<EpollEvent[]> {
    const epoll = this.table.get(epfd)
    if (epoll.is !== 'epoll') throw new SysError('EINVAL')
    return epollWait(epoll, most, { timeoutMs, now: this.ground.now })
  }

  dup(fd: number, from?: number): number {
    return this.table.add(this.table.get(fd), { from })
  }

  /** Makes `to` another descriptor of what `fd` stands for, closing what was there. */
  *dup2(fd: number, to: number): Blocking<number> {
    const open = this.table.get(fd)
    if (fd === to) return to
    return yield* this.#put(open, to, false)
  }

  *dup3(fd: number, to: number, flags: number): Blocking<number> {
    if ((flags & ~O_CLOEXEC) !== 0 || fd === to) throw new SysError('EINVAL')
    return yield* this.#put(this.table.get(fd), to, (flags & O_CLOEXEC) !== 0)
  }

  /** Moves what `from` stands for to `to`, closing what was there: fd_renumber of WASI. `EBADF` where nothing was. */
  *renumber(from: number, to: number): Blocking<void> {
    const open = this.table.get(from)
    this.table.get(to)
    if (from === to) return
    yield* this.#put(open, to, this.table.closesOnExec(from))
    this.release(from)
  }

  /** O_NONBLOCK of F_GETFL. */
  isNonBlocking(fd: number): boolean {
    const open = this.table.get(fd)
    return open.is !== 'epoll' && open.nonBlocking === true
  }

  /** O_NONBLOCK of F_SETFL, shared by all descriptors of the same open file. */
  setNonBlocking(fd: number, nonBlocking: boolean): void {
    const open = this.table.get(fd)
    if (open.is !== 'epoll' && open.nonBlocking !== undefined) open.nonBlocking = nonBlocking
  }

  /** What F_GETFL says a descriptor is open for. */
  accessOf(fd: number): 'read' | 'write' | 'both' {
    const open = this.table.get(fd)
    return open.is === 'pipe' ? open.end : 'both'
  }

  /** fcntl(2) but for F_GETFL and F_SETFL, whose numbers depend on the guest's headers. */
  fcntl(fd: number, command: number, argument: number): number {
    const open = this.table.get(fd)
    switch (command) {
      case F_DUPFD:
      case F_DUPFD_CLOEXEC:
        if (argument < 0 || argument >= this.table.limit) throw new SysError('EINVAL')
        return this.table.add(open, { from: argument, closeOnExec: command === F_DUPFD_CLOEXEC })
      case F_GETFD:
        return this.table.closesOnExec(fd) ? FD_CLOEXEC : 0
      case F_SETFD:
        this.table.setCloseOnExec(fd, (argument & FD_CLOEXEC) !== 0)
        return 0
      default:
        throw new SysError('EINVAL')
    }
  }

  /** What tcp(7) and unix(7) let ioctl ask of a socket. */
  #status(open: Open, request: typeof TIOCOUTQ | typeof SIOCATMARK): number {
    if (open.is !== 'socket' || (request === SIOCATMARK && open.type === 'dgram')) throw new SysError('ENOTTY')
    if (request === TIOCOUTQ && open.state === 'listening') throw new SysError('EINVAL')
    const option = request === TIOCOUTQ ? 'unsent' : 'atMark'
    return Number(this.network('getOption', { handle: open.handle, option }))
  }

  /** FIONREAD and TIOCOUTQ answer a number of bytes, SIOCATMARK 0 or 1; FIONBIO takes 0 or another number. */
  ioctl(fd: number, request: number, argument: number): number {
    const open = this.table.get(fd)
    if (request === FIONREAD) return this.available(fd)
    if (request === TIOCOUTQ || request === SIOCATMARK) return this.#status(open, request)
    if (request !== FIONBIO || (open.is === 'file' && open.nonBlocking === undefined)) throw new SysError('ENOTTY')
    this.setNonBlocking(fd, argument !== 0)
    return 0
  }

  /** Bytes that can be read at once. */
  available(fd: number): number {
    const open = this.table.get(fd)
    if (open.is === 'socket' && open.state === 'listening') throw new SysError('EINVAL')
    if (open.is === 'file' && open.available !== undefined) return open.available()
    const handle = handleOf(open)
    if (handle === undefined) throw new SysError('ENOTTY')
    return this.network('available', { handle })
  }

  /** Frees a descriptor, and with the last one what it stood for. */
  protected release(fd: number): void {
    const open = this.table.remove(fd)
    if (open.references === 0) this.#closeLast(open)
  }

  /** What no descriptor stands for any more is closed, once no call waits for it. */
  #closeLast(open: Open): void {
    if (open.is === 'epoll' || open.is === 'event' || open.is === 'timer') return
    const handle = open.is === 'file' ? open.openHandle?.() : open.handle
    const close = () => {
      if (open.is === 'file') return open.close()
      const abort = open.is === 'socket' && closesWithReset(open)
      this.network('close', { handle: open.handle, abort })
    }
    if (handle === undefined) close()
    else this.#waits.close(handle, close)
  }

  *#put(open: Open, to: number, closeOnExec: boolean): Blocking<number> {
    if (to < 0 || to >= this.table.limit) throw new SysError('EBADF')
    open.references++ // so that closing what was there does not end it too
    try {
      if (this.table.has(to)) yield* whole(this.close(to))
    } finally {
      open.references--
    }
    this.table.set(to, open, closeOnExec)
    return to
  }
}
