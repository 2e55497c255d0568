import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type StartOptions, startWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { resources } from '../../support/resources.js'
import { listening } from '../../support/tls-peers.js'
import { ca, good, hasOpenssl, pair, setTheScene } from '../../support/tls-scene.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* A connection under TLS is ended in every order of calls, while the peer does its worst. The guest goes on, its run ends, and nothing is left. */
const CYCLES = 2
/** By the letters of tls_ends.c. */
const hows = ['sc', 'src', 'suc', 'c', 'rc', 'slc', 'bc', 'wsc', 'wc', 'psc', 'pc', 's']

/** The first byte of a handshake. */
const TLS_HANDSHAKE = 22

type Peer = (socket: tls.TLSSocket, raw: Socket) => void
const peers: Readonly<Record<string, Peer>> = {
  'sends without end'(socket) {
    socket.pause()
    const push = () => {
      while (!socket.destroyed && socket.writable && socket.write(Buffer.alloc(65_536)));
    }
    socket.on('drain', push)
    push()
  },
  'sends a little': (socket) => void socket.resume().write('hello'),
  'sends, and more after the end'(socket) {
    socket.on('end', () => socket.end('more'.repeat(10_000)))
    socket.resume().write('hello')
  },
  'sends, and resets': (socket, raw) => void socket.write('hello', () => setImmediate(() => raw.resetAndDestroy())),
  'sends, and ends': (socket) => void socket.resume().end('hello'),
}

describe.runIf(hasOpenssl())('TLS', () => {
  setTheScene()
  let guest = ''
  const servers = new Map<string, { port: number; close: () => void }>()
  beforeAll(async () => {
    guest = (await compileFrom('test/attack/guests', ['tls_ends']))['tls_ends'] as string
    for (const [does, peer] of Object.entries(peers)) {
      const server = net.createServer({ allowHalfOpen: true }, (raw) => welcome(raw, peer))
      servers.set(does, await listening(server))
    }
  })
  afterAll(() => {
    for (const { close } of servers.values()) close()
  })
  const portOf = (does: string) => String(servers.get(does)?.port)

  describeAttacks('calls', (mode) => {
    describe.each(Object.keys(peers))('a peer that %s', (does) => {
      const said: { client: string[]; server: string[] } = { client: [], server: [] }
      beforeAll(async () => {
        said.client = await runs(['client', portOf(does), String(CYCLES), ...hows], { ca: ca.cert })
        said.server = await runs(
          ['server', '0', String(CYCLES), ...hows],
          pair(good),
          (port) => void callAll(port, does),
        )
      })

      test.each(hows)('a client ends by: %s', (how) => {
        expect(said.client).toContainEqual(expect.stringMatching(`^${how}: \\d of ${CYCLES}$`))
      })

      test.each(hows)('a server ends by: %s', (how) => {
        expect(said.server).toContainEqual(expect.stringMatching(`^${how}: \\d of ${CYCLES}$`))
      })
    })

    test.concurrent.each([
      ['timeoutMs', 'sh'],
      ['timeoutMs', 'wsh'],
      ['timeoutMs', 'h'],
      ['stop', 'sh'],
      ['stop', 'srh'],
      ['signal', 'sh'],
    ])('%s ends a run that hangs after: %s', async (end, how) => {
      const controller = new AbortController()
      const running = await startWithSockets(guest, {
        ...options(['client', portOf('sends without end'), '1', how], { ca: ca.cert }),
        timeoutMs: end === 'timeoutMs' ? 700 : 40_000,
        signal: controller.signal,
      })
      if (end === 'stop') setTimeout(() => running.stop(new Error('stopped')), 500)
      if (end === 'signal') setTimeout(() => controller.abort(new Error('stopped')), 500)
      await expect(running.exitCode).rejects.toThrow(/stopped( after 700 ms)?$/)
    })

    test('many connections leave no descriptor', async () => {
      const once = () => runs(['client', portOf('sends without end'), '10', 'sc'], { ca: ca.cert })
      await once()
      const before = (await resources()).descriptors
      for (let round = 0; round < 3; round++) await once()
      expect((await resources()).descriptors).toBeLessThan(before + 10)
    })

    function options(args: string[], given: { ca?: Buffer; cert?: Buffer; key?: Buffer }): StartOptions {
      return { mode, args, stdin: 'ignore', stdout: 'ignore', lingerMs: 1000, timeoutMs: 50_000, tls: given }
    }

    /** Runs the guest to its end; returns its lines. */
    async function runs(
      args: string[],
      given: Parameters<typeof options>[1],
      begun: (port: number) => void = () => {},
    ) {
      let said = ''
      const stdout = (bytes: Uint8Array) => {
        const isFirst = said === ''
        said += Buffer.from(bytes)
        if (isFirst && said.startsWith('port ')) begun(Number.parseInt(said.slice(5), 10))
      }
      const running = await startWithSockets(guest, { ...options(args, given), stdout })
      expect(await running.exitCode).toBe(0)
      return said.trim().split('\n')
    }
  })

  /** Calls a guest that serves once for each connection that it wants, one after the other. */
  async function callAll(port: number, does: string): Promise<void> {
    for (let index = 0; index < hows.length * CYCLES; index++) {
      const raw = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      const over = new Promise((resolve) => raw.on('error', () => {}).once('close', resolve))
      const isPlainFirst = hows[Math.floor(index / CYCLES)]?.includes('p') === true
      const secure = () => {
        const socket = tls.connect({ socket: raw, ca: ca.cert, servername: 'localhost' })
        socket.on('error', () => {}).once('secureConnect', () => peers[does]?.(socket, raw))
      }
      if (isPlainFirst) raw.once('data', () => raw.write('S', secure))
      else raw.once('connect', secure)
      const late = setTimeout(() => raw.destroy(), 1000)
      await over
      clearTimeout(late)
    }
  }
})

/** Serves with TLS, after a greeting in plain text to a client that does not begin with it. */
function welcome(raw: Socket, peer: Peer): void {
  const secure = () => {
    const socket = new tls.TLSSocket(raw, { ...pair(good), isServer: true })
    socket.on('error', () => {}).once('secure', () => peer(socket, raw))
  }
  raw.on('error', () => {})
  raw.once('data', (first: Buffer) => {
    if (first[0] !== TLS_HANDSHAKE) return void raw.write('2', secure)
    raw.pause()
    raw.unshift(first)
    secure()
  })
}
