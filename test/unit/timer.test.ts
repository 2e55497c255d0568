import { describe, expect, test } from 'vitest'
import type { Input } from '../../src/network/network.js'
import { POLLIN, POLLRDNORM } from '../../src/posix/constants.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork } from '../support/fake-network.js'

/** A timer over clocks that move only while the guest waits. */
function timer({ nonBlocking = false, clock = 'monotonic' as 'monotonic' | 'realtime' } = {}) {
  let elapsed = 0
  const waits: number[] = []
  const { network } = fakeNetwork({
    wait: ({ timeoutMs }: Input<'wait'>) => {
      waits.push(timeoutMs)
      elapsed += timeoutMs
      return []
    },
  })
  const world = { now: () => 1000 + elapsed, time: () => 50_000 + elapsed, random() {} }
  const sockets = new Sockets({ network, world, descriptors: 100 })
  const fd = sockets.timer(clock, { nonBlocking })
  return {
    sockets,
    fd,
    waits,
    pass: (ms: number) => {
      elapsed += ms
    },
    set: (valueMs: number, intervalMs = 0, isAbsolute = false) =>
      sockets.setTimer(fd, { valueMs, intervalMs }, { isAbsolute }),
    read() {
      const into = new Uint8Array(8)
      expect(sockets.run(sockets.read(fd, into))).toBe(8)
      return Number(new DataView(into.buffer).getBigUint64(0, true))
    },
    poll: (timeoutMs: number) => sockets.run(sockets.poll([{ fd, events: POLLIN | POLLRDNORM }], timeoutMs))[0],
  }
}

describe('a timer', () => {
  test.each([
    { name: 'once', value: 10, interval: 0, pass: 25, count: 1, left: 0 },
    { name: 'once, at the very moment', value: 10, interval: 0, pass: 10, count: 1, left: 0 },
    { name: 'again and again', value: 10, interval: 10, pass: 25, count: 2, left: 5 },
    { name: 'again at the very moment', value: 10, interval: 10, pass: 30, count: 3, left: 10 },
    { name: 'with another interval', value: 5, interval: 100, pass: 206, count: 3, left: 99 },
    { name: 'of parts of a ms', value: 0.25, interval: 0.5, pass: 1.5, count: 3, left: 0.25 },
  ])('$name: a read returns how often it has expired', ({ value, interval, pass, count, left }) => {
    const { set, pass: time, read, sockets, fd } = timer()
    set(value, interval)
    time(pass)
    expect(read()).toBe(count)
    expect(sockets.timerOf(fd).get()).toEqual({ valueMs: left, intervalMs: interval })
  })

  test.each([
    ['monotonic', 1500],
    ['realtime', 50_500],
  ] as const)('of the %s clock expires at a time of it', (clock, at) => {
    const { set, poll, waits } = timer({ clock })
    set(at, 0, true)
    expect(poll(Number.POSITIVE_INFINITY)).toBe(POLLIN | POLLRDNORM)
    expect(waits).toEqual([500, 0])
  })

  test('a read waits until it expires, and no longer', () => {
    const { set, read, waits } = timer()
    set(40, 1000)
    expect(read()).toBe(1)
    expect(waits).toEqual([40])
  })

  test('a poll that is shorter waits as long as it was told', () => {
    const { set, poll, waits } = timer()
    set(40)
    expect(poll(30)).toBe(0)
    expect(poll(30)).toBe(POLLIN | POLLRDNORM)
    expect(waits).toEqual([30, 10, 0])
  })

  test('setting it anew tells how it was set, and forgets what has expired', () => {
    const { set, pass, poll, read } = timer()
    expect(set(10, 20)).toEqual({ valueMs: 0, intervalMs: 0 })
    pass(4)
    expect(set(10, 0)).toEqual({ valueMs: 6, intervalMs: 20 })
    pass(10)
    expect(poll(0)).toBe(POLLIN | POLLRDNORM)
    expect(set(5, 0)).toEqual({ valueMs: 0, intervalMs: 0 })
    expect(poll(0)).toBe(0)
    pass(5)
    expect(read()).toBe(1)
  })

  test('without blocking a read is EAGAIN, and of less than 8 bytes EINVAL', () => {
    const { sockets, fd } = timer({ nonBlocking: true })
    const readInto = (length: number) => () => sockets.run(sockets.read(fd, new Uint8Array(length)))
    expect(readInto(8)).toThrow('EAGAIN')
    expect(readInto(7)).toThrow('EINVAL')
    expect(() => sockets.run(sockets.write(fd, new Uint8Array(8)))).toThrow('EINVAL')
  })

  test('what is no timer is EINVAL, what is not open EBADF', () => {
    const { sockets } = timer()
    const event = sockets.event(0n, { isSemaphore: false, nonBlocking: true })
    expect(() => sockets.timerOf(event)).toThrow('EINVAL')
    expect(() => sockets.timerOf(99)).toThrow('EBADF')
  })

  test('a guest without timers is not asked what time it is', () => {
    const { network } = fakeNetwork({ wait: () => [], open: () => 1 })
    const world = {
      now: () => {
        throw new Error('asked')
      },
      time: () => 0,
      random() {},
    }
    const sockets = new Sockets({ network, world, descriptors: 100 })
    const event = sockets.event(0n, { isSemaphore: false, nonBlocking: true })
    expect(sockets.run(sockets.poll([{ fd: event, events: POLLIN }], 5))).toEqual([0])
    expect(sockets.run(sockets.epollWait(sockets.epollCreate({ closeOnExec: false }), 1, 5))).toEqual([])
  })
})
