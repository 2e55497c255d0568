import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { GuestTimeout, instantiateWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { echo, preview1Client, preview1Server } from '../../support/tiny-wasm.js'

/* A guest that blocks its host's thread, and waits for what only that thread could do. */

/** How long the guest may wait: more than the second after which there is a notice, in ms. */
const TIMEOUT_MS = 1600
/** What the guest exits with that has been served. */
const SOCKET_STREAM = 6

async function listening(where: { host?: string; path?: string }): Promise<net.Server> {
  const server = net
    .createServer((socket) => void socket.on('error', () => {}).end('hello'))
    .listen({ port: 0, ...where })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return server
}

describeAttacks('host process', (mode) => {
  /** Runs a guest here until its time is up, or it ends; returns the notices. */
  async function notices(guest: Uint8Array<ArrayBuffer>, options: object) {
    const told: string[] = []
    const quiet = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
    const abort = new AbortController()
    const notice = (text: string) => {
      told.push(text)
      abort.abort()
    }
    const limits = { timeoutMs: TIMEOUT_MS, signal: abort.signal }
    const { start } = await instantiateWithSockets(guest, { mode, ...quiet, ...limits, notice, ...options })
    const outcome = await start().catch((error: unknown) => error)
    return { told, outcome }
  }

  const hosts = [
    ['127.0.0.1', '127.0.0.1', (port: number) => `127.0.0.1:${port}`],
    ['every address', '0.0.0.0', (port: number) => `127.0.0.1:${port}`],
    ['every address of IPv6', '::', (port: number) => `[::1]:${port}`],
  ] as const
  test.each(hosts)('a server of the same thread, at %s', async (_, host, target) => {
    const server = await listening({ host })
    const at = target((server.address() as AddressInfo).port)
    const { told, outcome } = await notices(preview1Client(3), { connect: [at] })
    if (mode === 'suspend') return expect([told, outcome]).toEqual([[], SOCKET_STREAM]) // its server answers
    expect(told).toEqual([
      `the guest has waited for a second for ${at}, where a server of this very thread listens, which cannot go on while the guest blocks this thread: use runWithSockets, or mode: 'suspend'`,
    ])
  })

  test('a local socket of the same thread', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-own-'))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
    const file = path.join(folder, 'socket')
    const server = net.createServer().listen(file)
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { told } = await notices(preview1Client(3), { connect: [`unix:${file}`] })
    expect(told.map((text) => text.includes(`for ${file}, where a server of this very thread listens`))).toEqual(
      mode === 'suspend' ? [] : [true],
    )
  })

  test('a client of the same thread', async () => {
    const guest = instantiateWithSockets(preview1Server(3), {
      mode,
      ...({ stdin: 'ignore', stdout: 'ignore', timeoutMs: TIMEOUT_MS, listen: ['127.0.0.1:0'] } as const),
      notice: (text: string) => void told.push(text),
      onListen() {},
    })
    const told: string[] = []
    const { sockets, start } = await guest
    const address = sockets.getsockname(3) as { port: number }
    const client = net.connect(address.port, '127.0.0.1')
    client.on('error', () => {})
    onTestFinished(() => void client.destroy())
    if (mode === 'suspend') return void (await Promise.all([start().catch(() => {}), client.end()]))
    await once(client, 'connect')
    await start().catch(() => {})
    expect(told).toEqual([expect.stringContaining('a socket of this very thread, which cannot go on')])
  })

  test('a connection that it was given by the same thread', async () => {
    const { told } = await notices(echo(3), { connections: [new PassThrough()] })
    expect(told).toEqual(
      mode === 'suspend' ? [] : [expect.stringContaining('for a connection that it was given by this thread')],
    )
  })

  test('a server elsewhere is none of that', async () => {
    const { Worker } = await import('node:worker_threads')
    const script = `const net = require('node:net'); const { parentPort } = require('node:worker_threads')
      const server = net.createServer(() => {}).listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`
    const worker = new Worker(script, { eval: true })
    onTestFinished(() => void worker.terminate())
    const [port] = (await once(worker, 'message')) as [number]
    const { told, outcome } = await notices(preview1Client(3), { connect: [`127.0.0.1:${port}`] })
    expect([told, outcome]).toEqual([[], expect.any(GuestTimeout)])
  })
})
