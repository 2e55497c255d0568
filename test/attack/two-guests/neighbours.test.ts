import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { compileFrom } from '../../support/wasi-programs.js'
import { within } from '../../support/workers.js'

/* A guest that looks for what belongs to another one of the same process and thread, which is at work meanwhile. */

const LIMIT_MS = 30_000
let guests: Record<string, string> = {}
let server: net.Server
beforeAll(async () => {
  guests = await compileFrom('test/attack/guests', ['resident', 'neighbour'])
  server = net.createServer((socket) => void socket.on('error', () => {}).pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
}, 120_000)
afterAll(() => void server.close())

const attempts = [
  ...['variables', 'arguments', 'open of its file', 'stat of its file', 'removal of its file', 'listing of its file'],
  ...['getsockname', 'getpeername', 'getsockopt', 'send', 'recv', 'write', 'read', 'fstat', 'fcntl', 'nonblocking'],
  ...['available', 'lseek', 'ftruncate', 'shutdown', 'listen', 'accept', 'dup', 'dup2', 'epoll', 'poll', 'close'],
]
const belongings = [...['connect', 'file', 'pipe', 'variable', 'sending', 'receiving', 'file again', 'pipe again']]

describeAttacks('two guests', (mode) => {
  let [found, kept] = ['', '']
  let codes: readonly number[] = []
  beforeAll(async () => {
    const stdin = new PassThrough()
    const { port } = server.address() as AddressInfo
    let isReady: () => void = () => {}
    const ready = new Promise<void>((resolve) => {
      isReady = resolve
    })
    const resident = await startWithSockets(guests['resident'] as string, {
      ...{ mode, stdin, args: [String(port)], env: { SECRET: 'of the resident' } },
      stdout(bytes) {
        kept += Buffer.from(bytes).toString()
        if (kept.includes('ready')) isReady()
      },
    })
    await within(LIMIT_MS, Promise.race([ready, resident.exitCode]))
    const neighbour = await startWithSockets(guests['neighbour'] as string, {
      ...{ mode, stdin: 'ignore', descriptors: 6000 },
      stdout(bytes) {
        found += Buffer.from(bytes).toString()
      },
    })
    const code = await within(LIMIT_MS, neighbour.exitCode)
    stdin.end()
    codes = [code, await within(LIMIT_MS, resident.exitCode)]
  }, 60_000)

  test.each(attempts)('a guest cannot reach another by: %s', (what) => {
    expect(found.split('\n')).toContain(`${what}: 0`)
  })

  test.each(belongings)('the other finds as it was: %s', (what) => {
    expect(kept.split('\n')).toContain(`${what} holds`)
  })

  test('both end as they would alone', () => {
    expect(codes).toEqual([0, 0])
  })
})
