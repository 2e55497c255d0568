import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* Programs that ask and never wait: what they ask about comes all the same, and the host's event loop goes on. */
let guest = ''
let server: net.Server
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['asks']))['asks'] as string
  server = net.createServer((peer) => {
    peer.on('error', () => {})
    peer.resume()
    setTimeout(() => peer.write('hello'), 20)
    setTimeout(() => peer.write('world'), 40)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())

const questions: readonly (readonly [what: string, comes: RegExp])[] = [
  ['recv', /^recv: (5|10) 0$/],
  ['read', /^read: (5|10) 0$/],
  ['poll', /^poll: 0 0$/],
  ['poll_out', /^poll_out: 0 0$/],
  ['select', /^select: 0 0$/],
  ['epoll', /^epoll: 0 0$/],
  ['epoll_et', /^epoll_et: 0 0$/],
  ['fionread', /^fionread: 0 0$/],
  ['fionread_all', /^fionread_all: 0 0$/],
  ['peek_all', /^peek_all: 0 0$/],
  ['send', /^send: \d+ 0$/],
  ['clock', /^clock: 1 0$/],
  ['connect', /^connect: \d 0$/],
  ['so_error', /^so_error: 14 0$/], // ECONNREFUSED
  ['getpeername', /^getpeername: 0 0$/],
  ['accept', /^accept: 0 0$/],
  ['udp', /^udp: 5 0$/],
  ['stdin', /^stdin: 4 0$/],
]

/** Counts the turns of the event loop until it is told to stop, and the longest time without one, in ms. */
function loopWatch() {
  let [turns, longestMs, last, isOver] = [0, 0, performance.now(), false]
  const turn = () => {
    turns++
    const now = performance.now()
    longestMs = Math.max(longestMs, now - last)
    last = now
    if (!isOver) setImmediate(turn)
  }
  turn()
  return () => {
    isOver = true
    return { turns, longestMs }
  }
}

describeAttacks('calls', (mode) => {
  const pauses = mode === 'suspend' ? ['none', 'yield', 'sleep', 'both'] : ['none']
  describe.each(pauses)('between its questions it does: %s', (pause) => {
    test.each(questions)('%s', async (what, comes) => {
      const stdin = new PassThrough()
      setTimeout(() => stdin.end('some'), 30)
      let said = ''
      const stdout = (bytes: Uint8Array) => {
        said += Buffer.from(bytes)
      }
      const args = [what, pause, String((server.address() as AddressInfo).port)]
      const stopWatch = loopWatch()
      const code = await runWithSockets(guest, { mode, args, stdin, stdout, timeoutMs: 30_000 })
      const { turns } = stopWatch()
      expect([said.trim(), code]).toEqual([expect.stringMatching(comes), 0])
      expect(turns).toBeGreaterThan(1) // what is asked about may come with the first turn
    })
  })

  test('a signal reaches a guest that asks for ever', async () => {
    const quiet = net.createServer((peer) => peer.on('error', () => {})).listen(0, '127.0.0.1')
    await once(quiet, 'listening')
    const args = ['recv', 'none', String((quiet.address() as AddressInfo).port)]
    const signal = AbortSignal.timeout(100)
    const running = runWithSockets(guest, { mode, args, stdin: 'ignore', stdout: 'ignore', signal })
    await expect(running).rejects.toMatchObject({ name: 'TimeoutError' })
    quiet.close()
  })
})
