import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { lackOfNative } from '../src/host/native-lack.js'
import { guestFile } from './support/command.js'

/* A process that has no descriptor left: calls that need none of their own go on. */
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const lack = lackOfNative({ isAskedFor: true })
const LIMIT = 64
const CLIENTS = 100

let server: ChildProcess | undefined
const clients: net.Socket[] = []
afterEach(() => {
  server?.kill('SIGKILL')
  for (const client of clients.splice(0)) client.destroy()
})

/** Connects, and resolves when an echo has come. */
async function echoed(port: number): Promise<net.Socket> {
  const client = net.connect(port, '127.0.0.1')
  clients.push(client)
  client.on('error', () => {}) // the server is killed in the end
  client.write('x')
  await once(client, 'data')
  return client
}

describe.skipIf(lack !== undefined)(`with ${LIMIT} descriptors, in the mode native${lack ? `: ${lack}` : ''}`, () => {
  test(`an event loop serves ${CLIENTS} clients, some after others have left`, async () => {
    const command = `ulimit -n ${LIMIT}; exec "$0" "$1" --mode native "$2"`
    server = spawn('bash', ['-c', command, process.execPath, cli, guestFile('echo_loop')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let complaints = ''
    server.stderr?.setEncoding('utf8').on('data', (piece) => {
      complaints += piece
    })
    const [line] = (await once(server.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    const port = Number(/\d+/.exec(line.toString())?.[0])
    const all = Array.from({ length: CLIENTS }, () => echoed(port))
    let served = 0
    for (const each of all)
      each.then((client) => {
        served++
        client.destroy() // which makes room for the next one
      })
    await Promise.all(all)
    expect({ served, complaints, code: server.exitCode }).toEqual({ served: CLIENTS, complaints: '', code: null })
  })
})
