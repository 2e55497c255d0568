import { describe, expect, test } from 'vitest'
import type { Handle, Interest, Mark } from '../../src/network/network.js'
import {
  EPOLL_CTL_ADD,
  EPOLL_CTL_DEL,
  EPOLL_CTL_MOD,
  EPOLLET,
  EPOLLEXCLUSIVE,
  EPOLLONESHOT,
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
} from '../../src/posix/constants.js'
import type { SysError } from '../../src/posix/errno.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

/** Sockets whose conditions and marks the test sets, and a file at descriptor 0 and a terminal at 1. */
function guest() {
  const state = new Map<Handle, { holds: number; mark: number }>()
  let handles = 0
  const isNews = (mark: Mark, since: Mark | undefined) => since === undefined || since.receiving !== mark.receiving
  const { network, inputsOf } = fakeNetwork({
    open: () => {
      state.set(++handles, { holds: 0, mark: 0 })
      return handles
    },
    close: () => true,
    wait: ({ on }) =>
      on.flatMap(({ handle, events, since, tag }): Interest[] => {
        const { holds = 0, mark: count = 0 } = state.get(handle) ?? {}
        const [found, mark] = [holds & (events | POLLERR | POLLHUP), { receiving: count, sending: count }]
        return found === 0 || !isNews(mark, since) ? [] : [{ handle, events: found, since: since && mark, tag }]
      }),
  })
  const sockets = new Sockets({ network, world: fakeWorld(), descriptors: 100 })
  sockets.table.set(0, { is: 'file', references: 0, close() {} })
  sockets.table.set(1, { is: 'file', references: 0, isWaitable: true, close() {} })
  const epfd = sockets.epollCreate({ closeOnExec: false })
  const control = (op: number, fd: number, events = 0, data = BigInt(fd), on = epfd) =>
    sockets.epollControl(on, { op, fd, event: { events, data } })
  return {
    sockets,
    epfd,
    waits: () => inputsOf('wait') as { on: Interest[]; timeoutMs: number }[],
    socket: () => sockets.socket({ family: 'inet', type: 'stream', nonBlocking: true }),
    /** Conditions hold from now on, and something has come. */
    set: (fd: number, holds: number) => {
      const { handle } = sockets.socketOf(fd)
      state.set(handle, { holds, mark: (state.get(handle)?.mark ?? 0) + 1 })
    },
    control,
    add: (fd: number, events: number, data?: bigint) => control(EPOLL_CTL_ADD, fd, events, data),
    wait: (most = 10, timeoutMs = 0, on = epfd) =>
      sockets.run(sockets.epollWait(on, most, timeoutMs)).map(({ events, data }) => [Number(data), events]),
    close: (fd: number) => sockets.run(sockets.close(fd)),
    errnoOf(call: () => unknown) {
      try {
        call()
        return 'none'
      } catch (error) {
        return (error as SysError).errno
      }
    },
  }
}

describe('epoll', () => {
  test('asks the network for the very same interests as long as nothing has changed', () => {
    const { add, control, wait, waits, set, socket } = guest()
    const fds = [socket(), socket(), socket()]
    for (const fd of fds) add(fd, POLLIN)
    set(fds[1] as number, POLLIN)
    for (let turn = 0; turn < 3; turn++) wait()
    const [first, second, third] = waits()
    expect(second?.on).toBe(first?.on)
    expect(third?.on).toBe(first?.on)
    control(EPOLL_CTL_MOD, fds[2] as number, POLLOUT)
    wait()
    const last = waits().at(-1)?.on
    expect(last?.map((each, at) => each === first?.on[at])).toEqual([true, true, false])
  })

  test('tells what is ready as long as it is, with the data it was given', () => {
    const { add, wait, set, socket } = guest()
    const [one, two] = [socket(), socket()]
    add(one, POLLIN, 70n)
    add(two, POLLIN | POLLOUT, 2n ** 63n)
    expect(wait()).toEqual([])
    set(one, POLLIN | POLLOUT)
    set(two, POLLOUT | POLLHUP)
    for (let turn = 0; turn < 2; turn++)
      expect(wait()).toEqual([
        [70, POLLIN],
        [Number(2n ** 63n), POLLOUT | POLLHUP],
      ])
  })

  test('with EPOLLET tells of each change once, whether it was looked at or not', () => {
    const { add, wait, set, socket, control } = guest()
    const fd = socket()
    set(fd, POLLIN)
    add(fd, POLLIN | EPOLLET)
    expect([wait(), wait()]).toEqual([[[fd, POLLIN]], []])
    set(fd, POLLIN)
    expect([wait(), wait()]).toEqual([[[fd, POLLIN]], []])
    control(EPOLL_CTL_MOD, fd, POLLIN | EPOLLET)
    expect([wait(), wait()]).toEqual([[[fd, POLLIN]], []])
  })

  test('with EPOLLONESHOT tells once, until it is told to again', () => {
    const { add, wait, set, socket, control } = guest()
    const fd = socket()
    add(fd, POLLIN | EPOLLONESHOT)
    set(fd, POLLIN | POLLHUP)
    expect([wait(), wait()]).toEqual([[[fd, POLLIN | POLLHUP]], []])
    control(EPOLL_CTL_MOD, fd, POLLIN | EPOLLONESHOT)
    expect([wait(), wait()]).toEqual([[[fd, POLLIN | POLLHUP]], []])
  })

  test('gives all their turn when more are ready than there is room for', () => {
    const { add, wait, set, socket } = guest()
    const fds = [socket(), socket(), socket(), socket(), socket()]
    for (const fd of fds) {
      add(fd, POLLIN)
      set(fd, POLLIN)
    }
    const told = [wait(2), wait(2), wait(2), wait(2), wait(2)].flat().map(([fd]) => fd)
    expect(told).toEqual([...fds, ...fds])
  })

  test('a terminal is always ready, and asked for changes tells once', () => {
    const { add, wait, control, waits } = guest()
    add(1, POLLIN | POLLOUT)
    expect([wait(10, 500), wait()]).toEqual([[[1, POLLIN | POLLOUT]], [[1, POLLIN | POLLOUT]]])
    expect(waits()[0]?.timeoutMs).toBe(0)
    control(EPOLL_CTL_MOD, 1, POLLOUT | EPOLLET)
    expect([wait(), wait()]).toEqual([[[1, POLLOUT]], []])
  })

  // epoll(7): "a file descriptor is removed from an interest list only after all the file descriptors referring to the underlying
  // open file description have been closed"
  test('goes on telling of a file of which another descriptor is open', () => {
    const { sockets, add, wait, set, socket, close, errnoOf, control } = guest()
    const fd = socket()
    add(fd, POLLIN)
    set(fd, POLLIN)
    const copy = sockets.dup(fd)
    close(fd)
    expect(wait()).toEqual([[fd, POLLIN]])
    expect(errnoOf(() => control(EPOLL_CTL_DEL, fd))).toBe('EBADF')
    expect(errnoOf(() => control(EPOLL_CTL_DEL, copy))).toBe('ENOENT')
    const other = socket()
    expect([other, errnoOf(() => control(EPOLL_CTL_MOD, other))]).toEqual([fd, 'ENOENT'])
    add(other, POLLOUT, 9n)
    set(other, POLLOUT)
    expect(wait()).toEqual([
      [fd, POLLIN],
      [9, POLLOUT],
    ])
    close(copy)
    expect(wait()).toEqual([[9, POLLOUT]])
    close(other)
    expect(wait()).toEqual([])
  })

  test('tells of two descriptors of one file apart', () => {
    const { sockets, add, wait, set, socket } = guest()
    const fd = socket()
    const copy = sockets.dup(fd)
    add(fd, POLLIN)
    add(copy, POLLOUT)
    set(fd, POLLIN | POLLOUT)
    expect(wait()).toEqual([
      [fd, POLLIN],
      [copy, POLLOUT],
    ])
  })

  test('instances stand in each other, and poll knows them', () => {
    const { sockets, add, wait, set, socket, epfd, control } = guest()
    const inner = sockets.epollCreate({ closeOnExec: false })
    const fd = socket()
    control(EPOLL_CTL_ADD, fd, POLLIN, 5n, inner)
    add(inner, POLLIN | POLLOUT)
    const polled = () => sockets.run(sockets.poll([{ fd: epfd, events: POLLIN | POLLOUT }], 0))
    expect([wait(), polled()]).toEqual([[], [0]])
    set(fd, POLLIN)
    expect([wait(), polled(), wait(10, 0, inner)]).toEqual([[[inner, POLLIN]], [POLLIN], [[5, POLLIN]]])
    sockets.run(sockets.close(inner))
    expect(wait()).toEqual([])
  })
})

describe('epoll_ctl', () => {
  const rows: [string, (g: ReturnType<typeof guest>, fd: number) => void, string][] = [
    ['adding twice', (g, fd) => [g.add(fd, POLLIN), g.add(fd, POLLIN)], 'EEXIST'],
    ['changing what is not there', (g, fd) => g.control(EPOLL_CTL_MOD, fd, POLLIN), 'ENOENT'],
    ['removing what is not there', (g, fd) => g.control(EPOLL_CTL_DEL, fd), 'ENOENT'],
    ['a regular file', (g) => g.add(0, POLLIN), 'EPERM'],
    ['itself', (g) => g.add(g.epfd, POLLIN), 'EINVAL'],
    ['another operation', (g, fd) => g.control(9, fd, POLLIN), 'EINVAL'],
    ['a descriptor that is not open', (g) => g.add(77, POLLIN), 'EBADF'],
    ['an instance that is not open', (g, fd) => g.control(EPOLL_CTL_ADD, fd, POLLIN, 0n, 77), 'EBADF'],
    ['an instance that is a socket', (g, fd) => g.control(EPOLL_CTL_ADD, g.socket(), POLLIN, 0n, fd), 'EINVAL'],
    ['a file with an instance that is none', (g, fd) => g.control(EPOLL_CTL_ADD, 0, POLLIN, 0n, fd), 'EPERM'],
    ['EPOLLEXCLUSIVE', (g, fd) => g.add(fd, POLLIN | EPOLLEXCLUSIVE), 'none'],
    ['EPOLLEXCLUSIVE with EPOLLONESHOT', (g, fd) => g.add(fd, EPOLLEXCLUSIVE | EPOLLONESHOT), 'EINVAL'],
    ['EPOLLEXCLUSIVE in a change', (g, fd) => g.control(EPOLL_CTL_MOD, fd, EPOLLEXCLUSIVE), 'EINVAL'],
    [
      'a change of what is EPOLLEXCLUSIVE',
      (g, fd) => [g.add(fd, EPOLLEXCLUSIVE), g.control(EPOLL_CTL_MOD, fd, POLLIN)],
      'EINVAL',
    ],
    ['two in each other', (g) => nested(g, [1, 0]), 'ELOOP'],
    ['three in a circle', (g) => nested(g, [1, 2, 0]), 'ELOOP'],
    ['five in a row', (g) => nested(g, [1, 2, 3, 4]), 'none'],
    ['six in a row', (g) => nested(g, [1, 2, 3, 4, 5]), 'ELOOP'],
  ]

  /** Puts the instance of each number into the one before it. */
  function nested({ sockets, control, epfd }: ReturnType<typeof guest>, numbers: number[]): void {
    const fds = [epfd, ...[1, 2, 3, 4, 5].map(() => sockets.epollCreate({ closeOnExec: false }))]
    for (const [index, number] of numbers.entries())
      control(EPOLL_CTL_ADD, fds[number] as number, POLLIN, 0n, fds[index === 0 ? 0 : (numbers[index - 1] as number)])
  }

  test.each(rows)('%s: %s', (_, call, errno) => {
    const one = guest()
    const fd = one.socket()
    expect(one.errnoOf(() => call(one, fd))).toBe(errno)
  })
})
