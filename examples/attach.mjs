// Puts a stream of the host's into a guest's descriptor table: the guest's descriptor 3 is the other end of a Duplex here.
import { once } from 'node:events'
import { Duplex, PassThrough } from 'node:stream'
import { runWithSockets } from 'posix-wasm'

/*
 * Sends back what arrives at descriptor 3, until that ends:
 *
 * (module
 *   (import "posix_sockets" "recv" (func (param i32 i32 i32 i32) (result i32)))
 *   (import "posix_sockets" "send" (func (param i32 i32 i32 i32) (result i32)))
 *   (memory (export "memory") 1)
 *   (func (export "_start") (local i32)
 *     (loop
 *       (local.set 0 (call 0 (i32.const 3) (i32.const 16) (i32.const 4096) (i32.const 0)))
 *       (if (i32.gt_s (local.get 0) (i32.const 0))
 *         (then
 *           (drop (call 1 (i32.const 3) (i32.const 16) (local.get 0) (i32.const 0)))
 *           (br 1))))))
 */
const text = (string) => [string.length, ...Buffer.from(string)]
const section = (id, ...content) => [id, content.length, ...content]
const i32 = (...leb) => [0x41, ...leb]
const code = [
  ...[1, 1, 0x7f, 0x03, 0x40],
  ...[...i32(3), ...i32(16), ...i32(0x80, 0x20), ...i32(0), 0x10, 0, 0x22, 0],
  ...[...i32(0), 0x4a, 0x04, 0x40],
  ...[...i32(3), ...i32(16), 0x20, 0, ...i32(0), 0x10, 1, 0x1a],
  ...[0x0c, 1, 0x0b, 0x0b, 0x0b],
]
const echo = Uint8Array.of(
  ...Buffer.from('\0asm'),
  ...[1, 0, 0, 0],
  ...section(1, 2, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f, 0x60, 0, 0),
  ...section(2, 2, ...['recv', 'send'].flatMap((name) => [...text('posix_sockets'), ...text(name), 0, 0])),
  ...section(3, 1, 1),
  ...section(5, 1, 0, 1),
  ...section(7, 2, ...text('memory'), 2, 0, ...text('_start'), 0, 2),
  ...section(10, 1, code.length, ...code),
)

const [toGuest, fromGuest] = [new PassThrough(), new PassThrough()]
const connection = Duplex.from({ readable: toGuest, writable: fromGuest })
const exitCode = runWithSockets(echo, { connections: [connection] })

toGuest.write('hello through descriptor 3')
const [answer] = await once(fromGuest, 'data')
console.log(`the guest sent back: ${answer}`)
toGuest.end()
console.log(`the guest ended with ${await exitCode}`)
