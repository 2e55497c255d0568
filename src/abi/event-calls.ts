import { O_CLOEXEC } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { DescriptorFlags } from '../posix-sockets/descriptors.js'
import type { TimerSetting } from '../posix-sockets/timer.js'
import { type Call, call } from './call.js'
import { i64, struct, i32 as word } from './layout.js'
import type { GuestMemory } from './memory.js'
import { linux } from './numbering.js'
import { fd, i32, pointer } from './params.js'

/** `struct itimerspec`, 32 bytes. */
const itimerspec = struct({ intervalS: i64, intervalNs: word, pad1: word, valueS: i64, valueNs: word, pad2: word })

const EFD_SEMAPHORE = 1
const TFD_TIMER_ABSTIME = 1
const TFD_TIMER_CANCEL_ON_SET = 2
const NS_PER_S = 1e9
const NS_PER_MS = 1e6
const MS_PER_S = 1000

/** Linux's CLOCK_ numbers. A clock that would wake a machine that sleeps runs as the others do. */
const clocks: Readonly<Record<number, 'realtime' | 'monotonic'>> = {
  0: 'realtime',
  1: 'monotonic',
  7: 'monotonic', // CLOCK_BOOTTIME
  8: 'realtime', //  CLOCK_REALTIME_ALARM
  9: 'monotonic', // CLOCK_BOOTTIME_ALARM
}

/** The calls of `posix_sockets` for events and timers that are descriptors. */
export const eventCalls: Readonly<Record<string, Call>> = {
  eventfd: call([i32('initial'), i32('flags')], ({ sockets }, initial, flags) => {
    const made = descriptorFlags(flags & ~EFD_SEMAPHORE)
    return sockets.event(BigInt(initial >>> 0), { ...made, isSemaphore: (flags & EFD_SEMAPHORE) !== 0 })
  }),

  timerfd_create: call([i32('clock'), i32('flags')], ({ sockets }, number, flags) => {
    const clock = clocks[number]
    if (clock === undefined) throw new SysError('EINVAL')
    return sockets.timer(clock, descriptorFlags(flags))
  }),

  timerfd_settime: call(
    [fd, i32('flags'), pointer('new'), pointer('old')],
    ({ sockets, memory }, fd, flags, from, old) => {
      const setting = readSetting(memory, from)
      if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) !== 0) throw new SysError('EINVAL')
      if (old !== 0) memory.check(old, itimerspec.size)
      const before = sockets.setTimer(fd, setting, { isAbsolute: (flags & TFD_TIMER_ABSTIME) !== 0 })
      if (old !== 0) writeSetting(memory, old, before)
    },
  ),

  timerfd_gettime: call([fd, pointer('value')], ({ sockets, memory }, fd, value) => {
    const timer = sockets.timerOf(fd)
    memory.check(value, itimerspec.size)
    writeSetting(memory, value, timer.get())
  }),
}

function descriptorFlags(flags: number): DescriptorFlags {
  if ((flags & ~(linux.nonBlock | O_CLOEXEC)) !== 0) throw new SysError('EINVAL')
  return { nonBlocking: (flags & linux.nonBlock) !== 0, closeOnExec: (flags & O_CLOEXEC) !== 0 }
}

function readSetting(memory: GuestMemory, at: number): TimerSetting {
  const { intervalS, intervalNs, valueS, valueNs } = itimerspec.read(memory, at)
  return { valueMs: msOf(valueS, valueNs), intervalMs: msOf(intervalS, intervalNs) }
}

function msOf(seconds: bigint, ns: number): number {
  if (seconds < 0n || ns < 0 || ns >= NS_PER_S) throw new SysError('EINVAL')
  return Number(seconds) * MS_PER_S + ns / NS_PER_MS
}

function writeSetting(memory: GuestMemory, at: number, { valueMs, intervalMs }: TimerSetting): void {
  const [value, interval] = [parts(valueMs), parts(intervalMs)]
  itimerspec.write(memory, at, {
    ...{ intervalS: interval.seconds, intervalNs: interval.ns, pad1: 0 },
    ...{ valueS: value.seconds, valueNs: value.ns, pad2: 0 },
  })
}

function parts(ms: number): { seconds: bigint; ns: number } {
  const ns = BigInt(Math.round(ms * NS_PER_MS))
  return { seconds: ns / BigInt(NS_PER_S), ns: Number(ns % BigInt(NS_PER_S)) }
}
