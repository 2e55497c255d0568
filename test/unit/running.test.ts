import { once } from 'node:events'
import net from 'node:net'
import { Duplex, PassThrough, Readable } from 'node:stream'
import getPort from 'get-port'
import { describe, expect, test } from 'vitest'
import { GuestTimeout, instantiateWithSockets, runWithSockets, startWithSockets } from '../../src/host.js'
import { listeningPorts } from '../support/resources.js'
import { acceptor, copier, echo, opener, spinner } from '../support/tiny-wasm.js'
import { within } from '../support/workers.js'

const LIMIT_MS = 10_000
/** How long an abort may take. */
const ABORT_MS = 50
const silent = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const

/** Resolves to what `write` is called with first. */
function firstOutput() {
  let told: (bytes: Uint8Array) => void = () => {}
  const output = new Promise<Uint8Array>((resolve) => {
    told = resolve
  })
  return { output, stdout: (bytes: Uint8Array) => told(bytes) }
}

describe('stopping', () => {
  test.each([
    ['an endless loop', () => spinner(), undefined],
    ['a blocked accept', acceptor, true],
  ] as const)('an abort interrupts %s at once', async (_, guest, listens) => {
    const port = await getPort()
    const abort = new AbortController()
    const { output, stdout } = firstOutput()
    const running = await startWithSockets(guest(port), { ...silent, stdout, signal: abort.signal })
    await within(LIMIT_MS, output)
    expect(listeningPorts().has(port)).toBe(listens ?? false)
    const begun = performance.now()
    abort.abort(new Error('enough'))
    await expect(within(LIMIT_MS, running.exitCode)).rejects.toThrow('enough')
    await expect(running.result).rejects.toThrow('enough')
    expect(performance.now() - begun).toBeLessThan(ABORT_MS)
    expect(listeningPorts().has(port)).toBe(false)
  })

  test('a guest that was stopped disturbs nobody who only asked for its exit code', async () => {
    const lost: unknown[] = []
    const note = (reason: unknown) => lost.push(reason)
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', note)
    try {
      await expect(within(LIMIT_MS, runWithSockets(spinner(), { ...silent, timeoutMs: 50 }))).rejects.toThrow(
        GuestTimeout,
      )
      await new Promise((resolve) => setImmediate(resolve))
    } finally {
      process.off('unhandledRejection', note)
      for (const other of others) process.on('unhandledRejection', other)
    }
    expect(lost).toEqual([])
  })

  test('time runs out', async () => {
    const begun = performance.now()
    const running = await startWithSockets(spinner(), { ...silent, timeoutMs: 300 })
    await expect(running.result).rejects.toThrow('the guest was stopped after 300 ms')
    expect(performance.now() - begun).toBeGreaterThanOrEqual(299)
  })

  test.each([2 ** 31, Number.POSITIVE_INFINITY])('a time limit of %d ms is not a short one', async (timeoutMs) => {
    const running = await startWithSockets(opener(3), { ...silent, timeoutMs })
    running.result.catch(() => {})
    expect(await within(LIMIT_MS, running.exitCode)).toBe(3)
  })

  test('a signal that was given before starts nothing', async () => {
    await expect(runWithSockets(spinner(), { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no')
  })

  test('on this thread time runs out while the guest is blocked', async () => {
    const guest = await instantiateWithSockets(acceptor(await getPort()), { ...silent, timeoutMs: 100 })
    await expect(within(LIMIT_MS, guest.start())).rejects.toThrow(GuestTimeout)
  })
})

test('two guests at once keep their exit codes and descriptors apart', async () => {
  const codes = [opener(7), opener(8)].map((guest) => runWithSockets(guest, silent))
  expect(await within(LIMIT_MS, Promise.all(codes))).toEqual([7, 8])
})

describe('standard descriptors', () => {
  const inputs: [string, () => string | Uint8Array | Readable][] = [
    ['a text', () => 'some input'],
    ['bytes', () => Buffer.from('some input')],
    ['a stream', () => Readable.from([Buffer.from('some '), Buffer.from('input')])],
    ['a stream of texts', () => Readable.from(['some ', 'input'])],
  ]

  test.each(inputs)('input from %s comes out of functions', async (_, input) => {
    const texts = { out: '', err: '' }
    const code = await within(
      LIMIT_MS,
      runWithSockets(copier(), {
        stdin: input(),
        stdout: (bytes) => (texts.out += Buffer.from(bytes)),
        stderr: (bytes) => (texts.err += Buffer.from(bytes)),
      }),
    )
    expect([code, texts]).toEqual([0, { out: 'some input', err: 'end' }])
  })

  test('a mebibyte goes through streams whole, with a reader that is slow', async () => {
    const whole = Buffer.alloc(1024 * 1024, 'abcdefg')
    const [stdin, stdout] = [new PassThrough(), new PassThrough({ highWaterMark: 1000 })]
    stdin.end(whole)
    const running = runWithSockets(copier(), { stdin, stdout, stderr: 'ignore' })
    const pieces: Buffer[] = []
    stdout.on('data', (piece) => {
      pieces.push(piece)
      stdout.pause()
      setImmediate(() => stdout.resume())
    })
    const begun = performance.now()
    expect(await within(LIMIT_MS, running)).toBe(0)
    expect(performance.now() - begun).toBeLessThan(4000) // after lingerMs, 5000, what is not out yet would be dropped
    while (stdout.readableLength > 0) await within(LIMIT_MS, once(stdout, 'data'))
    expect(Buffer.concat(pieces).equals(whole)).toBe(true)
    expect([stdout.writableEnded, stdout.destroyed]).toEqual([false, false]) // it stays the caller's
  })

  test('output that nobody takes any more does not hold up the end', async () => {
    const stdout = new PassThrough({ highWaterMark: 1 })
    stdout.once('readable', () => stdout.destroy())
    const begun = performance.now()
    await within(LIMIT_MS, runWithSockets(copier(), { stdin: 'x'.repeat(9000), stdout, stderr: 'ignore' }))
    expect(performance.now() - begun).toBeLessThan(4000)
  })

  test('without input there is its end, and what is ignored goes nowhere', async () => {
    expect(await within(LIMIT_MS, runWithSockets(copier(), silent))).toBe(0)
  })

  test('on this thread too', async () => {
    const texts: string[] = []
    const take = (bytes: Uint8Array) => texts.push(Buffer.from(bytes).toString())
    const guest = await instantiateWithSockets(copier(), { stdin: 'some input', stdout: take, stderr: take })
    expect([await guest.start(), texts.join()]).toEqual([0, 'some input,,end'])
  })
})

/** Two streams that are each other's ends. */
function streamPair(): [Duplex, Duplex] {
  const end = (other: () => Duplex) =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk)
        done()
      },
      final(done) {
        other().push(null)
        done()
      },
    })
  const one: Duplex = end(() => two)
  const two: Duplex = end(() => one)
  return [one, two]
}

/** Talks to an echoing guest over the other end of its connection. */
async function talk(stream: Duplex): Promise<string> {
  let heard = ''
  stream.setEncoding('utf8')
  stream.write('hello')
  for (let said = 5; heard.length < 12; ) {
    heard += (await within(LIMIT_MS, once(stream, 'data')))[0]
    if (heard.length === said && said === 5) {
      said = 12
      stream.write(', world')
    }
  }
  stream.end()
  return heard
}

describe('connections of the host', () => {
  test('are the lowest descriptors of a guest that is started with them', async () => {
    const [mine, theirs] = streamPair()
    const running = runWithSockets(echo(3), { ...silent, connections: [theirs] })
    expect(await talk(mine)).toBe('hello, world')
    expect(await within(LIMIT_MS, running)).toBe(0)
  })

  test('are sockets of Node as well', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const mine = net.connect((server.address() as net.AddressInfo).port, '127.0.0.1')
    const [theirs] = (await once(server, 'connection')) as [net.Socket]
    const running = runWithSockets(echo(3), { ...silent, connections: [theirs] })
    expect(await talk(mine)).toBe('hello, world')
    expect(await within(LIMIT_MS, running)).toBe(0)
    server.close()
  })

  test('can be given to a guest that is blocked', async () => {
    const { output, stdout } = firstOutput()
    const running = await startWithSockets(acceptor(await getPort()), { ...silent, stdout })
    await within(LIMIT_MS, output)
    const [, theirs] = streamPair()
    const fd = await within(LIMIT_MS, running.attach(theirs))
    expect(fd).toBe(4)
    running.result.catch(() => {})
    running.stop(new Error('done'))
    await expect(within(LIMIT_MS, running.exitCode)).rejects.toThrow('done')
  })

  test('that come too late are refused with an error that says so', async () => {
    const running = await startWithSockets(opener(0), silent)
    await within(LIMIT_MS, running.exitCode)
    const [, theirs] = streamPair()
    await expect(within(LIMIT_MS, running.attach(theirs))).rejects.toBeInstanceOf(Error)
  })
})
