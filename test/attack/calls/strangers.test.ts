import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* Strangers call a guest that has bound its address and does not listen yet, and while it listens; it serves the one who behaves. */
let folder = ''
let guest = ''
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  guest = (await compileFrom('test/attack/guests', ['bound_server']))['bound_server'] as string
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

type Where = { readonly path: string } | { readonly port: number; readonly host: string }
type Stranger = (socket: net.Socket) => unknown

/** What a stranger does with a connection, or the attempt at one. */
const strangers: Readonly<Record<string, Stranger>> = {
  waits: () => {},
  sends: (socket) => socket.write('x'.repeat(100_000)),
  'ends at once': (socket) => socket.end(),
  'is gone at once': (socket) => socket.destroy(),
  'resets when connected': (socket) => socket.once('connect', () => reset(socket)),
  'sends and resets': (socket) => socket.write('x', () => reset(socket)),
}

function reset(socket: net.Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy()
  else socket.resetAndDestroy()
}

function call(where: Where, stranger: Stranger): Promise<unknown> {
  const socket = net.connect(where as net.TcpNetConnectOpts)
  const over = Promise.race([once(socket, 'close').catch(() => {}), new Promise((resolve) => setTimeout(resolve, 50))])
  socket.on('error', () => {})
  stranger(socket)
  return over.finally(() => socket.destroy())
}

/** Is served: a byte comes back. */
async function served(where: Where): Promise<string> {
  const socket = net.connect(where as net.TcpNetConnectOpts)
  socket.on('error', () => {})
  socket.write('e')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  socket.destroy()
  return answer.toString()
}

describeAttacks('calls', (mode) => {
  const rows = (['unix', 'tcp'] as const).flatMap((kind) => Object.keys(strangers).map((does) => [kind, does] as const))
  test.concurrent.each(rows)('%s: a stranger that %s', async (kind, does) => {
    const file = path.join(folder, `${mode}-${Object.keys(strangers).indexOf(does)}`)
    const stranger = strangers[does] as Stranger
    const stdin = new PassThrough()
    let said = ''
    const heard = new PassThrough()
    const stdout = (bytes: Uint8Array) => {
      said += Buffer.from(bytes)
      heard.write('.')
    }
    const says = async (text: string) => {
      while (!said.includes(text)) await once(heard, 'data')
    }
    const args = [kind, kind === 'unix' ? file : '0', '1']
    const running = await startWithSockets(guest, {
      ...{ mode, args, stdin, stdout, timeoutMs: 40_000, lingerMs: 500 },
      ...(kind === 'unix' && { dirs: { [folder]: folder } }),
    })
    const ended = running.exitCode
    await Promise.race([says('bound'), ended])
    const where = kind === 'unix' ? { path: file } : { host: '127.0.0.1', port: Number(/bound (\d+)/.exec(said)?.[1]) }
    await Promise.all(Array.from({ length: 20 }, () => call(where, stranger)))
    stdin.end('\n')
    await Promise.race([says('listening'), ended])
    await Promise.all(Array.from({ length: 20 }, () => call(where, stranger)))
    const isGone = ended.then(() => new Promise((resolve) => setTimeout(resolve, 5000, 'the guest is gone')))
    expect(await Promise.race([served(where), isGone])).toBe('e')
    expect([await ended, said.trim().split('\n').at(-1)]).toEqual([0, 'served 1'])
  })
})
