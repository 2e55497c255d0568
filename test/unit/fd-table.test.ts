import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { type Errno, SysError } from '../../src/posix/errno.js'
import { FdTable } from '../../src/posix-sockets/fd-table.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

const description = () => ({ references: 0 })

describe('an fd table', () => {
  test('gives the lowest free number first, from its first on', () => {
    const table = new FdTable({ limit: 100, first: 3 })
    expect([1, 2, 3].map(() => table.add(description()))).toEqual([3, 4, 5])
    table.remove(4)
    table.remove(3)
    expect([1, 2, 3].map(() => table.add(description()))).toEqual([3, 4, 6])
  })

  test('gives the lowest free number that is not below what is asked for', () => {
    const table = new FdTable({ limit: 100, first: 3 })
    table.set(10, description())
    expect([0, 0, 10, 10, 99].map((from) => table.add(description(), { from }))).toEqual([0, 1, 11, 12, 99])
  })

  test.each([
    [5, 3, 2],
    [4, 0, 4],
    [3, 3, 0],
  ])('with limit %i and first %i holds %i, and then is EMFILE', (limit, first, count) => {
    const table = new FdTable({ limit, first })
    for (let index = 0; index < count; index++) {
      table.ensureRoom()
      table.add(description())
    }
    expect(() => table.add(description())).toThrow(new SysError('EMFILE'))
    expect(() => table.ensureRoom()).toThrow(new SysError('EMFILE'))
    expect(() => table.ensureRoom(0)).not.toThrow()
    if (count === 0) return
    table.remove(first)
    expect(() => table.ensureRoom(2)).toThrow(new SysError('EMFILE'))
    expect(table.add(description())).toBe(first)
  })

  test('with a limit that is lowered keeps what is open, and gives what is free below', () => {
    const table = new FdTable({ limit: 10, first: 3 })
    for (let index = 0; index < 6; index++) table.add(description())
    table.limitTo(6)
    expect(table.limit).toBe(6)
    expect(table.has(8)).toBe(true)
    expect(table.hasRoom()).toBe(false)
    expect(() => table.add(description())).toThrow(new SysError('EMFILE'))
    table.remove(4)
    expect(table.hasRoom(1)).toBe(true)
    expect(table.hasRoom(2)).toBe(false)
    expect(table.add(description())).toBe(4)
    table.limitTo(0)
    expect(table.hasRoom(0)).toBe(true)
    expect(table.hasRoom()).toBe(false)
  })

  test('with a limit that is raised again gives as many as at first, and no more', () => {
    const table = new FdTable({ limit: 5, first: 3 })
    table.limitTo(3)
    table.limitTo(5)
    expect([table.add(description()), table.add(description()), table.hasRoom()]).toEqual([3, 4, false])
    expect(() => table.limitTo(6)).toThrow(new SysError('EPERM'))
    expect(table.limit).toBe(5)
  })

  test('a description is gone with the last descriptor of it', () => {
    const table = new FdTable<{ references: number }>({ limit: 10 })
    const one = description()
    const fds = [table.add(one), table.add(one), table.add(one)]
    expect(fds.map((fd) => table.remove(fd).references)).toEqual([2, 1, 0])
    expect([...table]).toEqual([])
  })

  test.each([0, 5, -1, 1000, 0x7fffffff, -0x80000000])('descriptor %i that is not open is EBADF', (fd) => {
    const table = new FdTable({ limit: 10, first: 3 })
    table.add(description())
    expect(table.has(fd)).toBe(false)
    expect(() => table.get(fd)).toThrow(new SysError('EBADF'))
    expect(() => table.remove(fd)).toThrow(new SysError('EBADF'))
  })

  test('gives 0, 1 and 2 once they have been closed', () => {
    const table = new FdTable({ limit: 6, first: 3 })
    for (const fd of [0, 1, 2]) table.set(fd, description())
    table.remove(1)
    expect([table.add(description()), table.add(description())]).toEqual([1, 3])
    table.remove(0)
    expect([table.hasRoom(3), table.hasRoom(4)]).toEqual([true, false])
    expect([1, 2, 3].map(() => table.add(description()))).toEqual([0, 4, 5])
    expect(() => table.add(description())).toThrow(new SysError('EMFILE'))
  })

  test('keeps FD_CLOEXEC for a descriptor, not for what it stands for', () => {
    const table = new FdTable({ limit: 10 })
    const one = description()
    const fds = [table.add(one, { closeOnExec: true }), table.add(one)]
    expect(fds.map((fd) => table.closesOnExec(fd))).toEqual([true, false])
    table.remove(0)
    expect([table.add(one), table.closesOnExec(0)]).toEqual([0, false])
  })

  test('tells of its descriptors in order', () => {
    const table = new FdTable<{ references: number }>({ limit: 10, first: 1 })
    const [one, two] = [description(), description()]
    table.set(0, one)
    table.set(7, two)
    table.add(two)
    expect([...table]).toEqual([
      [0, one],
      [1, two],
      [7, two],
    ])
  })
})

function socketsOver(limit = 16) {
  let handles = 0
  const { network, inputsOf } = fakeNetwork({
    open: () => ++handles,
    close: () => true,
    accept: () => AGAIN,
    available: () => 0,
  })
  const sockets = new Sockets({ network, world: fakeWorld(), descriptors: limit })
  const open = () => sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
  return { sockets, open, closed: () => inputsOf('close').map((input) => (input as { handle: number }).handle) }
}

const errnoOf = (call: () => unknown): Errno | 'none' => {
  try {
    call()
    return 'none'
  } catch (error) {
    return (error as SysError).errno
  }
}

describe('descriptors of sockets', () => {
  test('share one socket, which is closed with the last of them', () => {
    const { sockets, open, closed } = socketsOver()
    const [fd, copy] = [open(), sockets.dup(3)]
    expect([fd, copy, sockets.dup(fd, 9)]).toEqual([3, 4, 9])
    sockets.run(sockets.close(3))
    sockets.run(sockets.close(9))
    expect(closed()).toEqual([])
    sockets.run(sockets.close(4))
    expect(closed()).toEqual([1])
  })

  test('are renumbered, closing what was there', () => {
    const { sockets, open, closed } = socketsOver()
    const [one, two] = [open(), open()]
    sockets.run(sockets.renumber(one, two))
    expect([sockets.table.has(one), sockets.socketOf(two).handle, sockets.socketOf(two).references]).toEqual([
      false,
      1,
      1,
    ])
    expect(closed()).toEqual([2])
    sockets.run(sockets.renumber(two, two))
    expect([[...sockets.table].map(([fd]) => fd), closed()]).toEqual([[two], [2]])
  })

  test('of one socket are renumbered without closing it', () => {
    const { sockets, open, closed } = socketsOver()
    const [fd, copy] = [open(), sockets.dup(3)]
    sockets.run(sockets.renumber(fd, copy))
    expect([sockets.socketOf(copy).references, closed()]).toEqual([1, []])
  })

  test.each([
    ['from one that is not open', 9, 4, 'EBADF'],
    ['to one that is not open', 3, 5, 'EBADF'],
    ['to a negative one', 3, -1, 'EBADF'],
    ['to one past the limit', 3, 16, 'EBADF'],
    ['to one far past the limit', 3, 0x7fffffff, 'EBADF'],
  ])('are not renumbered %s', (_, from, to, errno) => {
    const { sockets, open, closed } = socketsOver()
    open()
    expect(errnoOf(() => sockets.run(sockets.renumber(from, to)))).toBe(errno)
    expect([sockets.table.has(3), sockets.table.has(to), closed()]).toEqual([true, false, []])
  })

  test('are put in the place of others, closing these', () => {
    const { sockets, open, closed } = socketsOver()
    const [one, two] = [open(), open()]
    expect([sockets.run(sockets.dup2(one, two)), closed()]).toEqual([two, [2]])
    expect([sockets.run(sockets.dup2(one, 9)), sockets.socketOf(9).references]).toEqual([9, 3])
    expect([sockets.run(sockets.dup2(two, one)), sockets.run(sockets.dup2(one, one)), closed()]).toEqual([3, 3, [2]])
    for (const fd of [one, two, 9]) sockets.run(sockets.close(fd))
    expect(closed()).toEqual([2, 1])
  })

  test('replace a standard descriptor, whatever that was', () => {
    const { sockets, open } = socketsOver()
    let isClosed = false
    const file = {
      is: 'file' as const,
      references: 0,
      close: () => {
        isClosed = true
      },
    }
    sockets.table.set(1, file)
    const saved = sockets.dup(1)
    sockets.run(sockets.dup2(open(), 1))
    expect([sockets.isSocket(1), isClosed]).toEqual([true, false])
    sockets.run(sockets.dup2(saved, 1))
    sockets.run(sockets.close(saved))
    expect([sockets.table.get(1), isClosed]).toEqual([file, false])
    sockets.run(sockets.close(1))
    expect(isClosed).toBe(true)
  })

  // dup(2): EINVAL flags contain an invalid value, or oldfd was equal to newfd; EBADF newfd is out of the allowed range
  test.each([
    ['dup2 of one that is not open', 'dup2', [9, 4], 'EBADF'],
    ['dup2 of one that is not open to itself', 'dup2', [9, 9], 'EBADF'],
    ['dup2 to a negative one', 'dup2', [3, -1], 'EBADF'],
    ['dup2 to one past the limit', 'dup2', [3, 16], 'EBADF'],
    ['dup3 to itself', 'dup3', [3, 3, 0], 'EINVAL'],
    ['dup3 of one that is not open to itself', 'dup3', [9, 9, 0], 'EINVAL'],
    ['dup3 with another flag', 'dup3', [3, 4, 1], 'EINVAL'],
    ['dup3 of one that is not open', 'dup3', [9, 4, 0], 'EBADF'],
  ] as const)('%s', (_, call, [fd, to, flags = 0], errno) => {
    const { sockets, open, closed } = socketsOver()
    open()
    expect(errnoOf(() => sockets.run(sockets[call](fd, to, flags)))).toBe(errno)
    expect([sockets.table.has(3), sockets.table.has(4), closed()]).toEqual([true, false, []])
  })

  test('tell whether they have FD_CLOEXEC', () => {
    const { sockets, open } = socketsOver()
    const fd = open()
    const [F_GETFD, F_SETFD, F_DUPFD_CLOEXEC] = [1, 2, 1030]
    expect([sockets.fcntl(fd, F_GETFD, 0), sockets.fcntl(fd, F_SETFD, 1), sockets.fcntl(fd, F_GETFD, 0)]).toEqual([
      0, 0, 1,
    ])
    const copies = [
      sockets.dup(fd),
      sockets.fcntl(fd, F_DUPFD_CLOEXEC, 0),
      sockets.run(sockets.dup2(fd, 9)),
      sockets.run(sockets.dup3(fd, 10, 0x80000)),
    ]
    expect(copies.map((copy) => sockets.fcntl(copy, F_GETFD, 0))).toEqual([0, 1, 0, 1])
  })

  // fcntl(2): EINVAL: cmd is F_DUPFD and arg is negative or is greater than the maximum allowable value.
  test.each([
    ['a negative one', -1, 'EINVAL'],
    ['the limit', 16, 'EINVAL'],
    ['one far past the limit', 0x7fffffff, 'EINVAL'],
    ['the last one, which is taken', 15, 'EMFILE'],
  ])('F_DUPFD from %s on', (_, from, errno) => {
    const { sockets, open } = socketsOver()
    sockets.dup(open(), 15)
    expect(errnoOf(() => sockets.fcntl(3, 0, from))).toBe(errno)
  })

  test('that do not fit are EMFILE before the network is asked', () => {
    const { sockets, open, closed } = socketsOver(5)
    open()
    open()
    expect([errnoOf(open), errnoOf(() => sockets.dup(3))]).toEqual(['EMFILE', 'EMFILE'])
    sockets.run(sockets.close(3))
    expect([open(), closed()]).toEqual([3, [1]])
  })
})
