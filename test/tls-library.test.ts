import { once } from 'node:events'
import { join } from 'node:path'
import { Duplex, PassThrough } from 'node:stream'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { instantiateWithSockets, OptionError, runWithSockets } from '../src/index.js'
import { command, guestFile } from './support/command.js'
import { answerAfterEnd, listening, textOf, tlsOver, tlsServer } from './support/tls-peers.js'
import {
  ca,
  expired,
  folder,
  good,
  guestClient,
  hasOpenssl,
  NO_VERIFY,
  pair,
  secureServer,
  setTheScene,
  trusting,
} from './support/tls-scene.js'

/* TLS by the host, as the library offers it, together with what else a host may want. */
/** A server for a guest that blocks the thread of the test: it answers after the end of what it is told. */
const SERVER_THREAD = `
  const { parentPort, workerData } = require('node:worker_threads')
  const server = require('node:tls').createServer({ ...workerData, allowHalfOpen: true }, (socket) => {
    let said = ''
    socket.on('data', (piece) => (said += piece)).on('end', () => socket.end('you said ' + said))
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`

describe.runIf(hasOpenssl())('TLS by the host', () => {
  setTheScene()

  describe('the library', () => {
    const stdout = () => {
      const lines: string[] = []
      return { lines, take: (bytes: Uint8Array) => void lines.push(...Buffer.from(bytes).toString().split('\n')) }
    }
    /** Two streams of which each is the other end. */
    const streams = () => {
      const [there, back] = [new PassThrough(), new PassThrough()]
      return [
        Duplex.from({ readable: there, writable: back }),
        Duplex.from({ readable: back, writable: there }),
      ] as const
    }

    test('secures a stream of the host that is no socket, and what lies in it already', async () => {
      const [ours, theirs] = streams()
      const { lines, take } = stdout()
      const options = { args: ['0', 'given'], connections: [theirs], stdout: take, tls: pair(good) }
      const guest = runWithSockets(guestFile('tls_server'), options)
      const socket = await tlsOver(ours, { ca: ca.cert, servername: 'localhost' })
      socket.end('to and fro')
      expect(await textOf(socket)).toBe('to and fro')
      expect(await guest).toBe(0)
      expect(lines).toEqual(expect.arrayContaining(['starttls: 0', 'end']))
    })

    test('connects on the calling thread', async () => {
      const worker = new Worker(SERVER_THREAD, { eval: true, workerData: pair(good) })
      const [port] = await once(worker, 'message')
      const { lines, take } = stdout()
      const args = ['127.0.0.1', String(port), 'localhost', '0', 'talk']
      const { start } = await instantiateWithSockets(guestFile('tls_client'), {
        args,
        stdout: take,
        tls: { ca: ca.cert },
      })
      expect(await start()).toBe(0)
      expect(lines).toEqual(expect.arrayContaining(['starttls: 0', 'you said hello', 'end']))
      await worker.terminate()
    })

    test('leaves verifying to the guest where it says so', async () => {
      const port = await secureServer(pair(expired))
      const run = async (flags: number) => {
        const { lines, take } = stdout()
        const args = ['127.0.0.1', String(port), 'localhost', String(flags), 'talk']
        await runWithSockets(guestFile('tls_client'), { args, stdout: take, tls: { ca: ca.cert, verify: 'guest' } })
        return lines[0]
      }
      expect(await run(0)).toBe('starttls: ECONNABORTED')
      expect(await run(NO_VERIFY)).toBe('starttls: 0')
    })

    test('takes no older version than it is told to', async () => {
      const port = await secureServer({ ...pair(good), maxVersion: 'TLSv1.2' })
      const { lines, take } = stdout()
      const args = ['127.0.0.1', String(port), 'localhost', '0', 'talk']
      const options = { args, stdout: take, tls: { ca: [ca.cert], minVersion: 'TLSv1.3' } } as const
      await runWithSockets(guestFile('tls_client'), options)
      expect(lines[0]).toBe('starttls: EPROTO')
    })

    test.each([
      ['a key without its certificate', () => ({ key: good.key }), /tls: a certificate and its key belong together/],
      [
        'a key of another certificate',
        () => ({ cert: good.cert, key: ca.key }),
        /tls: cert and key: .*key values mismatch/,
      ],
      ['an authority that is none', () => ({ ca: 'nothing' }), /tls: ca: it has no certificate in PEM/],
      [
        'a broken authority',
        () => ({ ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }),
        /tls: ca: /,
      ],
      [
        'demanding without an authority',
        () => ({ ...pair(good), demandCertificate: true }),
        /tls: who demands .* needs a ca/,
      ],
      ['demanding without serving', () => ({ ca: ca.cert, demandCertificate: true }), /tls: only a server/],
      ['an empty name for ALPN', () => ({ alpn: [''] }), /tls: "" is no name for ALPN/],
    ])('refuses %s', async (_, tls, says) => {
      const run = runWithSockets(guestFile('tls_client'), { tls: tls() })
      await expect(run).rejects.toThrow(OptionError)
      await expect(run).rejects.toThrow(says)
    })

    test('refuses settings for a network that is not its own', async () => {
      const run = instantiateWithSockets(guestFile('tls_client'), { tls: {}, network: () => 0 as never })
      await expect(run).rejects.toThrow(/tls is for the network of this machine/)
    })

    test('goes together with rules and limits, and is replayed without a server', async () => {
      const server = await listening(tlsServer(pair(good), answerAfterEnd))
      const file = join(folder, 'session.rec')
      const rules = ['--allow-net', `connect:127.0.0.1:${server.port}`, '--limit', 'bytes-per-second-in=1000000']
      const recorded = await guestClient(server.port, { host: [...trusting(), ...rules, '--record', file] })
      expect(recorded.lines).toContain('you said hello')
      server.close()
      expect((await guestClient(server.port, { host: ['--replay', file] })).lines).toEqual(recorded.lines)
    })

    test('the command says in one line which file is wrong', async () => {
      const { code, stderr } = await command(['--tls-ca', join(folder, 'missing'), guestFile('tls_client')])
      expect(code).toBe(125)
      expect(stderr).toMatch(/^error: .*--tls-ca.*it cannot be read \(ENOENT\)\.$/m)
    })
  })
})
