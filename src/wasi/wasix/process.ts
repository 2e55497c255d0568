import { type Call, call, type Param } from '../../abi/call.js'
import { readAt, u8, u32 } from '../../abi/layout.js'
import { out } from '../../abi/outputs.js'
import { i32, i64, pointer } from '../../abi/params.js'
import { millisecondsOf, optionalTime } from '../../abi/wasix/times.js'
import { SysError } from '../../posix/errno.js'
import type { Blocking } from '../../posix-sockets/blocking.js'
import { isClock } from '../clocks.js'
import { GuestExit } from '../exit.js'

/** The guest's one process, and its one thread, which has the same number. */
const ITSELF = 1
const NOBODY = 0
const [NO, YES] = [0, 1]

const number = out('result', u32)

const exit = call([i32('code')], (_, code) => {
  throw new GuestExit(code)
})

/** Nobody waits on a futex while another thread wakes: there is no other. */
const wake = call([pointer('futex'), out('woken', u8)], ({ memory }, futex, woken) => {
  readAt(memory, u32, futex)
  woken.write(NO)
})

/** A null pointer says that there is no limit, as a time of none does. */
const limit: Param<bigint | undefined> = {
  names: ['timeout'],
  decode: ({ memory }, args, at) => (args[at] === 0 ? undefined : optionalTime.read(memory, args[at] ?? 0)),
  show: (ns) => (ns === undefined ? 'NONE' : `${ns} ns`),
}

/** The calls of WASIX on the process and its thread, as far as they concern a program of one thread that starts no other. */
export const processTable: Readonly<Record<string, Call>> = {
  clock_time_set: call([i32('clock'), i64('time')], (_, clock) => {
    throw new SysError(isClock(clock) ? 'EPERM' : 'EINVAL')
  }),

  thread_id: call([number], (_, result) => result.write(ITSELF)),
  thread_parallelism: call([number], (_, result) => result.write(1)),
  thread_sleep: call([i64('duration')], (_, ns) => pause(ns)),
  thread_exit: exit,

  /** A value that is another one already counts as woken. */
  futex_wait: call(
    [pointer('futex'), i32('expected'), limit, out('woken', u8)],
    function* ({ memory, notice }, futex, expected, timeout, woken) {
      if (readAt(memory, u32, futex) !== expected >>> 0) return woken.write(YES)
      if (timeout === undefined) {
        notice('futex_wait would wait for ever, as there is no other thread; it answers EDEADLK')
        throw new SysError('EDEADLK')
      }
      yield* pause(timeout)
      woken.write(NO)
    },
  ),
  futex_wake: wake,
  futex_wake_all: wake,

  proc_id: call([number], (_, result) => result.write(ITSELF)),
  proc_parent: call([i32('pid'), number], (_, pid, result) => {
    if (pid !== ITSELF) throw new SysError('EBADF') // as Wasmer does
    result.write(NOBODY)
  }),
  proc_exit2: exit,

  /** The signals that are dealt with otherwise than by default: none. */
  proc_signals_sizes_get: call([number], (_, count) => count.write(0)),
  proc_signals_get: call([pointer('dispositions')], () => 0),
  /** No signal comes, so that nothing is ever called. */
  callback_signal: call([pointer('name'), i32('length')], () => 0),
}

function* pause(ns: bigint): Blocking<void> {
  yield { on: [], timeoutMs: millisecondsOf(ns) }
}
