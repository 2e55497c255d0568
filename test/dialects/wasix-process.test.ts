import { describe, expect, test } from 'vitest'
import type { Input } from '../../src/network/network.js'
import { wasiNumber } from '../../src/posix/errno.js'
import { GuestExit } from '../../src/wasi/exit.js'
import { type Poke, pokedGuest, testPokes, u32, u64, zeros } from '../support/pokes.js'

const WASIX = 'wasix_32v1'
const [OUT, FUTEX, TIME, STATE] = [128, 192, 256, 320]
const some = (ns: bigint) => [1, ...zeros(7), ...u64(ns)]
const none = [0, ...zeros(15)]
/** Standard input has bytes, standard output and error are functions, which count as terminals. */
const tty = [...u32(80, 24, 0, 0), 0, 1, 1, 0, 0, 0]

const pokes: Poke[] = [
  { says: 'cannot set a clock', call: ['clock_time_set', 0, 1n], answers: 'EPERM' },
  { says: 'knows four clocks', call: ['clock_time_set', 4, 1n], answers: 'EINVAL' },
  { says: 'is the process', call: ['thread_id', OUT], leaves: { [OUT]: u32(1) }, pointers: { 0: 4 } },
  { says: 'is one', call: ['thread_parallelism', OUT], leaves: { [OUT]: u32(1) }, pointers: { 0: 4 } },
  { says: 'waits', call: ['thread_sleep', 5n] },
  {
    says: 'counts as woken where the value is another one',
    call: ['futex_wait', FUTEX, 8, TIME, OUT],
    memory: { [FUTEX]: u32(7), [TIME]: none },
    leaves: { [OUT]: [1] },
    pointers: { 0: 4, 2: 16, 3: 1 },
  },
  {
    says: 'waits its time out',
    call: ['futex_wait', FUTEX, -1, TIME, OUT],
    memory: { [FUTEX]: u32(0xffffffff), [TIME]: some(1n) },
    leaves: { [OUT]: [0] },
  },
  {
    says: 'does not wait for ever',
    call: ['futex_wait', FUTEX, 7, TIME, OUT],
    memory: { [FUTEX]: u32(7), [TIME]: none },
    answers: 'EDEADLK',
  },
  {
    says: 'does not wait for ever without a time',
    call: ['futex_wait', FUTEX, 7, 0, OUT],
    memory: { [FUTEX]: u32(7) },
    answers: 'EDEADLK',
  },
  {
    says: 'knows two tags',
    call: ['futex_wait', FUTEX, 7, TIME, OUT],
    memory: { [FUTEX]: u32(7), [TIME]: [2] },
    answers: 'EINVAL',
  },
  { says: 'wakes nobody', call: ['futex_wake', FUTEX, OUT], leaves: { [OUT]: [0] }, pointers: { 0: 4, 1: 1 } },
  { says: 'wakes nobody', call: ['futex_wake_all', FUTEX, OUT], leaves: { [OUT]: [0] }, pointers: { 0: 4, 1: 1 } },
  { says: 'is 1', call: ['proc_id', OUT], leaves: { [OUT]: u32(1) }, pointers: { 0: 4 } },
  { says: 'is 0', call: ['proc_parent', 1, OUT], leaves: { [OUT]: u32(0) }, pointers: { 1: 4 } },
  { says: 'knows no other process', call: ['proc_parent', 2, OUT], answers: 'EBADF' },
  { says: 'has none', call: ['proc_signals_sizes_get', OUT], leaves: { [OUT]: u32(0) }, pointers: { 0: 4 } },
  { says: 'writes none', call: ['proc_signals_get', OUT] },
  { says: 'is accepted', call: ['callback_signal', OUT, 4] },
  { says: 'tells what is a terminal', call: ['tty_get', STATE], leaves: { [STATE]: tty }, pointers: { 0: 24 } },
  { says: 'takes what holds', call: ['tty_set', STATE], memory: { [STATE]: tty }, pointers: { 0: 24 } },
  {
    says: 'cannot change a terminal',
    call: ['tty_set', STATE],
    memory: { [STATE]: [...tty.slice(0, 19), 1, 0, 0] },
    answers: 'EOPNOTSUPP',
  },
]

testPokes(WASIX, pokes)

test.each(['proc_exit2', 'thread_exit'])('%s ends the guest with its code', (name) => {
  const guest = pokedGuest({})
  expect(() => guest.call(WASIX, name, 7)).toThrow(expect.objectContaining({ code: 7 }))
  expect(() => guest.call(WASIX, name, 7)).toThrow(GuestExit)
})

describe('waiting', () => {
  const waiting = () => {
    const waits: Input<'wait'>[] = []
    const guest = pokedGuest({
      wait: (input) => {
        waits.push(input)
        return []
      },
    })
    guest.put(FUTEX, ...u32(7))
    return { guest, waits }
  }

  test('a sleep lasts as long as it is told, in ns', () => {
    const { guest, waits } = waiting()
    guest.call(WASIX, 'thread_sleep', 2_500_000n)
    expect(waits).toEqual([{ on: [], timeoutMs: 2.5 }])
  })

  test('a futex with a limit waits until that', () => {
    const { guest, waits } = waiting()
    guest.put(TIME, ...some(1_000_000_000n))
    guest.call(WASIX, 'futex_wait', FUTEX, 7, TIME, OUT)
    expect(waits).toEqual([{ on: [], timeoutMs: 1000 }])
  })

  test('a futex without one says to a person what is wrong', () => {
    const { guest, waits } = waiting()
    expect(guest.call(WASIX, 'futex_wait', FUTEX, 7, 0, OUT)).toBe(wasiNumber('EDEADLK'))
    expect(waits).toEqual([])
    expect(guest.notices).toEqual([expect.stringContaining('futex_wait')])
  })
})

/** What a time that is set comes back as. */
describe('a time of a socket', () => {
  test.each([
    ['a receive timeout', 19, some(1_500_000_000n), some(1_500_000_000n)],
    ['a send timeout', 20, some(1_000_000n), some(1_000_000n)],
    ['no timeout', 19, none, none],
    ['a timeout of 0, which is none', 19, some(0n), none],
    ['a linger', 13, some(3_000_000_000n), some(3_000_000_000n)],
    ['a linger of less than a second, which is one', 13, some(1n), some(1_000_000_000n)],
    ['a linger of 0', 13, some(0n), some(0n)],
    ['no linger', 13, none, none],
  ])('%s', (_, option, given, told) => {
    const guest = pokedGuest({}, [{}])
    guest.put(TIME, ...given)
    expect(guest.call(WASIX, 'sock_set_opt_time', 3, option, TIME)).toBe(0)
    expect(guest.call(WASIX, 'sock_get_opt_time', 3, option, STATE)).toBe(0)
    expect([...guest.at(STATE, 1), ...guest.at(STATE + 8, 8)]).toEqual([told[0], ...told.slice(8)])
  })
})
