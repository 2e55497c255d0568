import { drop, i32, tinyGuest, whileTrue } from './tiny-wasm.js'

/* Guests that never end by themselves, and wait for nothing. */

/** `clock_time_get` takes an i64 in the middle, which the assembler of tiny guests does not know; `sched_yield` takes nothing. */
export const yielder = () =>
  tinyGuest([['wasi_snapshot_preview1', 'sched_yield', 0]], (call) => [whileTrue(call('sched_yield'), drop, i32(1))])

/** Writes to its output for ever. */
export const writer = () =>
  tinyGuest(
    [['wasi_snapshot_preview1', 'fd_write', 4]],
    (call) => [whileTrue(call('fd_write', i32(1), i32(64), i32(1), i32(80)), drop, i32(1))],
    { 64: [96, 0, 0, 0, 1, 0, 0, 0], 96: [97] },
  )

/** Makes socket calls that fail for ever: each is an event of a trace. */
export const tracee = () =>
  tinyGuest([['posix_sockets', 'shutdown', 2]], (call) => [whileTrue(call('shutdown', i32(77), i32(0)), drop, i32(1))])

/** Opens and closes sockets for ever: each is an event. */
export const opening = () =>
  tinyGuest(
    [
      ['posix_sockets', 'socket', 3],
      ['posix_sockets', 'close', 1],
    ],
    (call) => [whileTrue(call('close', call('socket', i32(2), i32(1), i32(0))), drop, i32(1))],
  )

/** Listens with ever new sockets, on ports of the system's choice. */
export const listening = () =>
  tinyGuest(
    [
      ['posix_sockets', 'socket', 3],
      ['posix_sockets', 'bind', 3],
      ['posix_sockets', 'listen', 2],
      ['posix_sockets', 'close', 1],
    ],
    (call) => [
      whileTrue(
        [...call('socket', i32(2), i32(1), i32(0)), 0x21, 0],
        call('bind', [0x20, 0], i32(64), i32(16)),
        drop,
        call('listen', [0x20, 0], i32(1)),
        drop,
        call('close', [0x20, 0]),
        drop,
        i32(1),
      ),
    ],
    { 64: [2, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
  )

/** Writes a page of 32 KiB four thousand times: 128 MiB. This one ends. */
export const wordy = () =>
  tinyGuest(
    [['wasi_snapshot_preview1', 'fd_write', 4]],
    (call) => [
      [...i32(4000), 0x21, 0],
      whileTrue(call('fd_write', i32(1), i32(64), i32(1), i32(80)), drop, [0x20, 0, ...i32(1), 0x6b, 0x22, 0]),
    ],
    { 64: [0, 1, 0, 0, 0, 0x80, 0, 0] },
  )
