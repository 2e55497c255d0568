import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { expect } from 'vitest'
import type { Mode } from '../../../src/host/mode.js'
import { type StartOptions, startWithSockets } from '../../../src/index.js'
import { echo, get, i32, set, tinyGuest } from '../../support/tiny-wasm.js'
import { within } from '../../support/workers.js'

/** How long anything may take, in ms. */
export const LIMIT_MS = 20_000
export const quiet = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
export const reason = new Error('stopped by the test')

/** Starts guests in a mode, which say nothing. */
export const starting =
  (mode: Mode) =>
  (guest: Uint8Array, options: StartOptions = {}) =>
    startWithSockets(guest, { mode, ...quiet, ...options })

/** A connection, and its other end. */
export async function connection(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const mine = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [theirs] = (await once(server, 'connection')) as [net.Socket]
  server.close()
  for (const socket of [mine, theirs]) socket.on('error', () => {})
  return [mine, theirs]
}

/** Sends a text and resolves with as much as comes back. */
export async function answer(socket: net.Socket, text: string): Promise<string> {
  socket.write(text)
  let heard = ''
  while (heard.length < text.length) heard += String((await within(LIMIT_MS, once(socket, 'data')))[0])
  return heard
}

/** Exits with what connect(2) to a port of this machine comes to, negated. */
export const connector = (port: number) =>
  tinyGuest(
    [
      ['posix_sockets', 'socket', 3],
      ['posix_sockets', 'connect', 3],
      ['wasi_snapshot_preview1', 'proc_exit', 1, false],
    ],
    (call) => [
      call('socket', i32(2), i32(1), i32(0)),
      set(0),
      i32(0),
      call('connect', get(0), i32(64), i32(16)),
      [0x6b],
      set(1),
      call('proc_exit', get(1)),
    ],
    { 64: [2, 0, port >> 8, port & 0xff, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
  )

/** A guest that echoes; `talks` holds as long as it is well. */
export async function residentOf(mode: Mode, options: StartOptions = {}) {
  const [mine, theirs] = await connection()
  const guest = await starting(mode)(echo(3), { connections: [theirs], ...options })
  return {
    guest,
    talks: async () => expect(await answer(mine, 'hello')).toBe('hello'),
    async ends() {
      mine.end()
      expect(await within(LIMIT_MS, guest.exitCode)).toBe(0)
    },
  }
}

/** Resolves as soon as a connection to the port is accepted. */
export async function connected(port: number): Promise<void> {
  const client = net.connect(port, '127.0.0.1')
  const outcome = await new Promise<string>((resolve) => {
    client.once('connect', () => resolve('connected'))
    client.once('error', () => setTimeout(resolve, 10, 'refused'))
  })
  client.destroy()
  if (outcome === 'refused') await connected(port)
}
