// Gives a guest a function of the host's besides sockets and WASI: on this thread as it is, for runWithSockets by the URL of a
// module that exports `imports`, since functions cannot be sent to another thread. That module is this file.
import { writeSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { instantiateWithSockets, runWithSockets } from 'posix-wasm'

/** Functions for the guest, by module and name. */
export const imports = ({ bytes }) => ({
  env: {
    log(pointer, length) {
      const text = Buffer.from(bytes(pointer, length)).toString()
      writeSync(1, `${isMainThread ? 'this thread' : 'another thread'}: ${text}\n`)
    },
  },
})

/*
 * (module
 *   (import "env" "log" (func (param i32 i32)))
 *   (memory (export "memory") 1)
 *   (func (export "_start") (call 0 (i32.const 16) (i32.const 20)))
 *   (data (i32.const 16) "hello from the guest"))
 */
const text = (string) => [string.length, ...Buffer.from(string)]
const section = (id, ...content) => [id, content.length, ...content]
const guest = Uint8Array.of(
  ...Buffer.from('\0asm'),
  ...[1, 0, 0, 0],
  ...section(1, 2, 0x60, 2, 0x7f, 0x7f, 0, 0x60, 0, 0), // types: (i32, i32) -> (), () -> ()
  ...section(2, 1, ...text('env'), ...text('log'), 0, 0),
  ...section(3, 1, 1),
  ...section(5, 1, 0, 1),
  ...section(7, 2, ...text('memory'), 2, 0, ...text('_start'), 0, 1),
  ...section(10, 1, 8, 0, 0x41, 16, 0x41, 20, 0x10, 0, 0x0b),
  ...section(11, 1, 0, 0x41, 16, 0x0b, ...text('hello from the guest')),
)

if (isMainThread) {
  const { start } = await instantiateWithSockets(guest, { imports })
  await start()
  await runWithSockets(guest, { imports: new URL(import.meta.url) })
}
