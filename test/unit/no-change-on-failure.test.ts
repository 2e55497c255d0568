import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { wasiNumber } from '../../src/posix/errno.js'
import { SocketShim } from '../../src/socket-shim.js'
import { overlay } from '../../src/wasi/overlay.js'
import { noFiles } from '../../src/wasi/provider.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'

const PAGE = 65_536
const EFAULT = wasiNumber('EFAULT')
/** Places in the guest's memory, and one outside of it. */
const [ADDRESS, LENGTH, DATA, MESSAGE, IOVECS, POLLED, SUBSCRIPTION, TEXT, OUT] = [
  64, 128, 256, 384, 448, 512, 576, 704, 1024,
]
const [BAD, EDGE] = [0x7fff0000, PAGE - 1]

/** One guest with a listener (3) and a connection in its queue, whose other end is 4; a datagram socket (5) with a datagram; and a pair (6, 7). */
const [LISTENER, CLIENT, DATAGRAM, PAIR, OTHER, TIMER] = [3, 4, 5, 6, 7, 8]
const shim = new SocketShim({ descriptors: 32, hostname: 'here' })
const memory = new WebAssembly.Memory({ initial: 1 })
const bytes = new Uint8Array(memory.buffer)
const data = new DataView(memory.buffer)
const stdio = [fromBytes(Uint8Array.of(1, 2, 3)), toFunction(() => {}), toFunction(() => {})] as const
const wasi = overlay(shim.guest, { provider: noFiles, stdio, args: ['guest', 'one'], env: { A: 'b', C: 'd' } })
const own = shim.imports.posix_sockets as Record<string, (...args: (number | bigint)[]) => number>
const preview1 = wasi.modules.wasi_snapshot_preview1 as typeof own

const u32 = (at: number, ...values: number[]) => {
  for (const [index, value] of values.entries()) data.setUint32(at + index * 4, value, true)
}
const ok = (result: number | undefined) => {
  if (result === undefined || result < 0) throw new Error(`a call failed with ${result}`)
  return result
}

function loopback(fd: number): void {
  bytes.set([2, 0, 0, 0, 127, 0, 0, 1], ADDRESS)
  ok(own['bind']?.(fd, ADDRESS, 16))
}

/** Puts the address of `fd` at ADDRESS. */
function addressOf(fd: number): void {
  u32(LENGTH, 16)
  ok(own['getsockname']?.(fd, ADDRESS, LENGTH))
}

beforeAll(() => {
  shim.setMemory(memory)
  ok(own['socket']?.(2, 1, 0))
  loopback(LISTENER)
  ok(own['listen']?.(LISTENER, 5))
  addressOf(LISTENER)
  ok(own['socket']?.(2, 1, 0))
  ok(own['connect']?.(CLIENT, ADDRESS, 16))
  ok(own['socket']?.(2, 2, 0))
  loopback(DATAGRAM)
  addressOf(DATAGRAM)
  bytes.set([9, 8, 7], DATA)
  ok(own['sendto']?.(DATAGRAM, DATA, 3, 0, ADDRESS, 16))
  ok(own['socketpair']?.(1, 1, 0, OUT))
  ok(own['send']?.(OTHER, DATA, 3, 0))
  ok(own['timerfd_create']?.(1, 0))
  for (const [fd, index] of [LISTENER, DATAGRAM].entries()) u32(POLLED + fd * 8, index, 1)
  ok(own['poll']?.(POLLED, 2, 5000))
})

afterAll(() => shim.end(1000))

/** What good pointers point to. */
beforeEach(() => {
  bytes.fill(0xee)
  addressOf(DATAGRAM)
  u32(LENGTH, 16)
  u32(MESSAGE, ADDRESS, 16, IOVECS, 2, 0, 0, 0)
  u32(IOVECS, DATA, 2, DATA + 8, 2)
  u32(POLLED, LISTENER, 1, DATAGRAM, 1)
  bytes.fill(0, SUBSCRIPTION, SUBSCRIPTION + 48)
  bytes.set(Buffer.from('localhost\0'), TEXT)
})

/** A message with a name outside, buffers outside, or a buffer outside. */
const messageWith = (name: number, iovecs: number, base: number) => () => {
  u32(MESSAGE, name, 16, iovecs, 2, 0, 0, 0)
  u32(IOVECS + 8, base, 2)
}
const badBuffer = () => u32(IOVECS + 8, BAD, 2)
const hugeBuffer = () => u32(IOVECS + 8, DATA, 0x7fffffff)

type Row = [name: string, args: (number | bigint)[], prepare?: () => void]
const rows: Row[] = [
  ['connect', [CLIENT, BAD, 16]],
  ['connect', [CLIENT, EDGE, 16]],
  ['connect', [CLIENT, -16, 128]],
  ['bind', [DATAGRAM, BAD, 16]],
  ['accept', [LISTENER, BAD, LENGTH]],
  ['accept', [LISTENER, EDGE, LENGTH]],
  ['accept', [LISTENER, ADDRESS, BAD]],
  ['accept', [LISTENER, ADDRESS, PAGE - 3]],
  ['accept', [LISTENER, ADDRESS, 0]],
  ['accept4', [LISTENER, BAD, LENGTH, 0]],
  ['accept4', [LISTENER, ADDRESS, -1, 0]],
  ['send', [PAIR, BAD, 3, 0]],
  ['send', [PAIR, DATA, PAGE, 0]],
  ['send', [PAIR, DATA, -1, 0]],
  ['recv', [PAIR, BAD, 3, 0]],
  ['recv', [PAIR, EDGE, 2, 0]],
  ['recv', [PAIR, DATA, -1, 0]],
  ['sendto', [DATAGRAM, BAD, 3, 0, ADDRESS, 16]],
  ['sendto', [DATAGRAM, DATA, 3, 0, BAD, 16]],
  ['recvfrom', [DATAGRAM, BAD, 3, 0, ADDRESS, LENGTH]],
  ['recvfrom', [DATAGRAM, DATA, 3, 0, BAD, LENGTH]],
  ['recvfrom', [DATAGRAM, DATA, 3, 0, ADDRESS, BAD]],
  ['recvfrom', [DATAGRAM, DATA, 3, 0, ADDRESS, PAGE - 3]],
  ['sendmsg', [PAIR, BAD, 0]],
  ['sendmsg', [PAIR, MESSAGE, 0], badBuffer],
  ['sendmsg', [DATAGRAM, MESSAGE, 0], messageWith(BAD, IOVECS, DATA)],
  ['sendmsg', [DATAGRAM, MESSAGE, 0], messageWith(ADDRESS, BAD, DATA)],
  ['recvmsg', [DATAGRAM, PAGE - 27, 0]],
  ['recvmsg', [DATAGRAM, MESSAGE, 0], badBuffer],
  ['recvmsg', [DATAGRAM, MESSAGE, 0], hugeBuffer],
  ['recvmsg', [DATAGRAM, MESSAGE, 0], messageWith(BAD, IOVECS, DATA)],
  ['recvmsg', [DATAGRAM, MESSAGE, 0], messageWith(ADDRESS, PAGE - 15, DATA)],
  ['getsockname', [DATAGRAM, BAD, LENGTH]],
  ['getsockname', [DATAGRAM, ADDRESS, BAD]],
  ['getsockname', [DATAGRAM, 0, LENGTH]],
  ['getsockname', [DATAGRAM, ADDRESS, 0]],
  ['getpeername', [CLIENT, EDGE, LENGTH]],
  ['getpeername', [CLIENT, ADDRESS, BAD]],
  ['getsockopt', [DATAGRAM, 1, 3, BAD, LENGTH]],
  ['getsockopt', [DATAGRAM, 1, 3, DATA, BAD]],
  ['getsockopt', [DATAGRAM, 1, 3, PAGE - 3, LENGTH]],
  ['setsockopt', [DATAGRAM, 1, 6, BAD, 4]],
  ['setsockopt', [DATAGRAM, 1, 6, PAGE - 3, 4]],
  ['socketpair', [1, 1, 0, BAD]],
  ['socketpair', [1, 1, 0, PAGE - 7]],
  ['poll', [BAD, 1, 0]],
  ['poll', [PAGE - 15, 2, 0]],
  ['pipe', [BAD, 0]],
  ['pipe', [PAGE - 7, 0]],
  ['epoll_ctl', [PAIR, 1, OTHER, BAD]],
  ['epoll_ctl', [PAIR, 1, OTHER, 0]],
  ['epoll_wait', [PAIR, BAD, 1, 0]],
  ['epoll_wait', [PAIR, PAGE - 16, 2, 0]],
  ['timerfd_settime', [TIMER, 0, BAD, 0]],
  ['timerfd_gettime', [TIMER, BAD]],
  ['getifaddrs', [BAD, 64]],
  ['if_nametoindex', [BAD]],
  ['if_indextoname', [1, BAD]],
  ['ioctl', [PAIR, 0x541b, BAD]],
  ['ioctl', [PAIR, 0x5421, PAGE - 3]],
  ['gethostname', [BAD, 64]],
  ['gethostname', [PAGE - 5, 6]],
  ['strerror', [1, BAD, 64]],
  ['strerror', [1, EDGE, 64]],
  ['starttls', [CLIENT, BAD, 0]],
  ['starttls', [CLIENT, EDGE, 0]],
  ['tls_info', [CLIENT, 0, BAD, 64]],
  ['tls_info', [CLIENT, 0, EDGE, 64]],
  ['tls_error', [CLIENT, BAD, 64]],
  ['tls_error', [CLIENT, EDGE, 64]],
]

const wasiRows: Row[] = [
  ['args_get', [BAD, OUT]],
  ['args_get', [OUT, BAD]],
  ['args_get', [OUT, EDGE]],
  ['args_sizes_get', [BAD, OUT]],
  ['args_sizes_get', [OUT, BAD]],
  ['environ_get', [OUT, PAGE - 5]],
  ['environ_get', [PAGE - 4, OUT]],
  ['environ_sizes_get', [OUT, PAGE - 3]],
  ['clock_res_get', [0, PAGE - 7]],
  ['clock_time_get', [1, 0n, BAD]],
  ['random_get', [PAGE - 8, 9]],
  ['random_get', [BAD, 1]],
  ['fd_fdstat_get', [PAIR, PAGE - 23]],
  ['fd_filestat_get', [PAIR, PAGE - 63]],
  ['fd_read', [PAIR, IOVECS, 2, BAD]],
  ['fd_read', [PAIR, BAD, 2, OUT]],
  ['fd_read', [PAIR, IOVECS, 2, OUT], badBuffer],
  ['fd_read', [0, IOVECS, 2, OUT], badBuffer],
  ['fd_read', [0, IOVECS, 2, PAGE - 3]],
  ['fd_write', [PAIR, IOVECS, 2, BAD]],
  ['fd_write', [PAIR, IOVECS, 2, OUT], badBuffer],
  ['sock_accept', [LISTENER, 0, BAD]],
  ['sock_accept', [LISTENER, 0, PAGE - 3]],
  ['sock_recv', [DATAGRAM, IOVECS, 2, 0, BAD, OUT]],
  ['sock_recv', [DATAGRAM, IOVECS, 2, 0, OUT, EDGE]],
  ['sock_recv', [DATAGRAM, IOVECS, 2, 0, OUT, OUT + 8], badBuffer],
  ['sock_send', [PAIR, IOVECS, 2, 0, BAD]],
  ['sock_send', [PAIR, PAGE - 15, 2, 0, OUT]],
  ['poll_oneoff', [BAD, OUT, 1, LENGTH]],
  ['poll_oneoff', [SUBSCRIPTION, PAGE - 31, 1, LENGTH]],
  ['poll_oneoff', [SUBSCRIPTION, OUT, 1, PAGE - 3]],
]

const tables = [
  ['posix_sockets', own, rows, -EFAULT],
  ['wasi_snapshot_preview1', preview1, wasiRows, EFAULT],
] as const

describe.each(tables)('%s: a bad pointer among good ones', (_module, table, cases, fault) => {
  const titled = cases.map(([name, args, prepare]) => [`${name}(${args.join(', ')})`, name, args, prepare] as const)

  test.each(titled)('%s is EFAULT, changes no byte and opens or loses nothing', (_title, name, args, prepare) => {
    prepare?.()
    const before = bytes.slice()
    const open = [...shim.table].map(([fd]) => fd)
    expect(table[name]?.(...args)).toBe(fault)
    expect(Buffer.compare(bytes, before)).toBe(0)
    expect([...shim.table].map(([fd]) => fd)).toEqual(open)
  })
})

test('every function that takes a pointer is tried', () => {
  const withoutPointers = [
    'dup2',
    'dup3',
    'epoll_create1',
    'eventfd',
    'timerfd_create',
    'descriptor_limit',
    'getnameinfo',
    'socket',
    'listen',
    'shutdown',
    'close',
    'dup',
    'fcntl',
    'last_error',
  ]
  const tried = new Set([...rows.map(([name]) => name), ...withoutPointers, 'getaddrinfo']) // addrinfo.test.ts has that one
  expect(Object.keys(own).filter((name) => !tried.has(name))).toEqual([])
  expect([...tried].filter((name) => own[name] === undefined)).toEqual([])
})

test('after all of that the connection, the datagram and the bytes are still there', () => {
  u32(POLLED, LISTENER, 1, DATAGRAM, 1, PAIR, 1)
  expect(own['poll']?.(POLLED, 3, 5000)).toBe(3)
  u32(LENGTH, 128)
  expect(own['recvfrom']?.(DATAGRAM, DATA, 100, 0x40, 0, 0)).toBe(3)
  expect([...bytes.subarray(DATA, DATA + 4)]).toEqual([9, 8, 7, 0xee])
  expect(own['recv']?.(PAIR, DATA, 100, 0x40)).toBe(3)
  const accepted = ok(own['accept']?.(LISTENER, ADDRESS, LENGTH))
  ok(own['send']?.(CLIENT, DATA, 3, 0))
  expect(own['recv']?.(accepted, OUT, 100, 0)).toBe(3)
  expect(own['recv']?.(OTHER, OUT, 100, 0x40)).toBe(-wasiNumber('EAGAIN'))
  expect(preview1['fd_read']?.(0, IOVECS, 2, OUT)).toBe(0)
  expect(data.getUint32(OUT, true)).toBe(3)
})
