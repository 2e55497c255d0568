import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import {
  GuestTimeout,
  type InstantiateOptions,
  instantiateWithSockets,
  OptionError,
  type RunOptions,
  runWithSockets,
  startWithSockets,
} from '../src/index.js'
import { virtualNetwork } from '../src/network/virtual/virtual-network.js'
import { CommandRun, guestFile } from './support/command.js'
import { receivingGuest } from './support/receiving-guest.js'
import {
  connection,
  type Functions,
  lack,
  mode,
  quiet,
  receiving,
  setTheScene,
  turns,
  written,
} from './support/suspended.js'
import { acceptor, copier, echo, opener, spinner } from './support/tiny-wasm.js'

const MSG_DONTWAIT = 0x40
const EAGAIN = 6
const fileAt = setTheScene()

describe.skipIf(lack !== undefined)('on the calling thread', () => {
  test('a server of the same thread can answer the guest', async () => {
    const server = net.createServer((socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello\n')).listen(0, '127.0.0.1')
    await once(server, 'listening')
    let output = ''
    const { start } = await instantiateWithSockets(guestFile('http_client'), {
      mode,
      args: ['127.0.0.1', String((server.address() as AddressInfo).port), '/'],
      stdout: (bytes) => {
        output += Buffer.from(bytes)
      },
    })
    expect(await start()).toBe(0)
    expect(output).toContain('hello')
    server.close()
  })

  test('two functions may wait at once, and each has what it waited for', async () => {
    const { receive, received, peers, close } = await receiving(2)
    const first = receive(3, 100, 10, 0)
    const second = receive(4, 200, 10, 0)
    await turns()
    peers[1].write('second')
    expect(await second).toBe(6)
    peers[0].write('first')
    expect(await first).toBe(5)
    expect([received(100, 5), received(200, 6)]).toEqual(['first', 'second'])
    await close()
  })

  test('two may wait for the same, and one has it', async () => {
    const { receive, peers, close } = await receiving(1)
    const both = [receive(3, 100, 3, 0), receive(3, 200, 3, 0)]
    await turns()
    peers[0].write('abc')
    expect(await Promise.race(both)).toBe(3)
    peers[0].write('def')
    expect(await Promise.all(both)).toEqual([3, 3])
    await close()
  })

  test.each([
    ['of a file, without a maximum', receivingGuest()],
    ['with a maximum', receivingGuest(9)],
    ['of a compiled module', new WebAssembly.Module(receivingGuest(9))],
  ])('memory may grow while a call waits that fills it: %s', async (_, source) => {
    const [mine, peer] = await connection()
    const { exports, instance, close } = await instantiateWithSockets(source, { ...quiet, connections: [mine] })
    const { receive, grow } = exports as Functions
    const waiting = receive(3, 65_530, 6, 0)
    await turns()
    expect(await grow(3)).toBe(1)
    peer.write('intact')
    expect(await waiting).toBe(6)
    const { buffer } = instance.exports['memory'] as WebAssembly.Memory
    expect(Buffer.from(buffer, 65_530, 6).toString()).toBe('intact')
    peer.write('more')
    expect(await receive(3, 200_000, 10, 0)).toBe(4)
    await close()
  })

  test('a compiled module whose memory has no maximum is refused in a sentence', async () => {
    const module = new WebAssembly.Module(receivingGuest())
    const refused = instantiateWithSockets(module, quiet)
    await expect(refused).rejects.toThrow(OptionError)
    await expect(refused).rejects.toThrow("needs a maximum: give the module's file or bytes")
  })

  test('an answer that is there suspends nobody: nothing else runs in between', async () => {
    const { receive, instance, peers, close } = await receiving(1)
    const raw = instance.exports['receive'] as (...args: number[]) => number
    expect(raw(3, 100, 10, MSG_DONTWAIT)).toBe(-EAGAIN)
    const waiting = receive(3, 100, 1, 0)
    peers[0].write('xyz')
    await waiting
    expect(raw(3, 100, 10, 0)).toBe(2)
    await close()
  })

  test('a function that is called so that it cannot be suspended says what to call instead, and nothing is left of it', async () => {
    const { receive, received, instance, peers, close } = await receiving(1)
    const raw = instance.exports['receive'] as (...args: number[]) => number
    expect(() => raw(3, 100, 10, 0)).toThrow(/receive of the guest would have to wait.*call exports\.receive/)
    const waiting = receive(3, 100, 10, 0)
    await turns()
    expect(() => raw(3, 100, 10, 0)).toThrow('would have to wait')
    peers[0].write('whole')
    expect([await waiting, received(100, 5)]).toEqual([5, 'whole'])
    await close()
  })

  test('closing ends what waits, with an error', async () => {
    const { receive, close } = await receiving(1)
    const waiting = receive(3, 100, 10, 0)
    const ended = expect(waiting).rejects.toThrow('closed while it waited')
    await close()
    await ended
    await expect(receive(3, 100, 10, 0)).rejects.toThrow('this guest is closed')
  })
})

describe.skipIf(lack !== undefined)('a guest that waits', () => {
  /** What interrupts a guest that waits for ever, if it does so before a timer of `lateMs` runs out. */
  async function interrupted(lateMs: number, given: InstantiateOptions = {}) {
    const controller = new AbortController()
    const [mine] = await connection()
    const options = { signal: controller.signal, ...given }
    const { exports, close } = await instantiateWithSockets(receivingGuest(), {
      ...quiet,
      ...options,
      connections: [mine],
    })
    const waiting = exports['receive']?.(3, 100, 10, 0)
    const late = new Promise<string>((resolve) => setTimeout(() => resolve('late'), lateMs))
    await turns()
    controller.abort(new Error('enough'))
    const error = await Promise.race([waiting?.catch((reason: unknown) => reason), late])
    await close()
    return error
  }

  test('is interrupted by a signal at once', async () => {
    expect(await interrupted(50)).toEqual(new Error('enough'))
  })

  test('is interrupted when its time is up', async () => {
    const signal = new AbortController().signal
    expect(await interrupted(100 + 50, { timeoutMs: 100, signal })).toBeInstanceOf(GuestTimeout)
  })

  test('is stopped, and its peer sees a reset', async () => {
    const [mine, peer] = await connection()
    const guest = await startWithSockets(echo(3), { ...quiet, connections: [mine] })
    peer.write('x')
    await once(peer, 'data')
    const reset = once(peer, 'close')
    const begun = performance.now()
    guest.stop(new Error('SIGINT'))
    await expect(guest.exitCode).rejects.toThrow('SIGINT')
    expect(performance.now() - begun).toBeLessThan(50)
    await reset
  })

  test('is not there any more for a signal that is aborted later', async () => {
    const controller = new AbortController()
    expect(await runWithSockets(guestFile('dup'), { ...quiet, signal: controller.signal })).toBe(0)
    controller.abort()
  })

  test('may be given a connection', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const guest = await startWithSockets(acceptor(port), quiet)
    const [mine] = await connection()
    expect(await guest.attach(mine)).toBe(4)
    net.connect(port, '127.0.0.1').on('error', () => {})
    expect(await guest.exitCode).toBe(-5) // accept gave descriptor 5
    await expect(guest.attach(new PassThrough())).rejects.toThrow('has ended')
  })

  test('reads what a stream gives, and writes to one no faster than that takes it', async () => {
    const pieces: string[] = []
    const slow = new Writable({
      highWaterMark: 1,
      write(chunk, _, done) {
        pieces.push(String(chunk))
        setImmediate(done)
      },
    })
    const stdin = Readable.from(['to ', 'be ', 'copied'].map((text) => Buffer.from(text)))
    expect(await runWithSockets(copier(), { mode, stdin, stdout: slow, stderr: 'ignore' })).toBe(0)
    expect(pieces.join('')).toBe('to be copied')
  })

  test('reads the standard input of the command, and does not hold it up', async () => {
    const run = new CommandRun(['--mode', mode, written(fileAt('copier.wasm'), copier())])
    run.child.stdin?.write('one')
    await run.printed(/one/)
    run.child.stdin?.end('two')
    expect(await run.finished()).toMatchObject({ code: 0, stdout: 'onetwo', stderr: 'end' })
  })
})

test.skipIf(lack !== undefined)('a network of this thread may be given, since no other has to have it', async () => {
  const host = virtualNetwork({ seed: 1 }).host('here', ['10.0.0.1'])
  const options = { ...quiet, network: host.driver() } as RunOptions
  expect(await runWithSockets(opener(7), options)).toBe(7)
  await expect(runWithSockets(opener(7), { ...options, mode: 'worker' })).rejects.toThrow('use instantiateWithSockets')
})

test('the mode is an option that is checked, with the reason', async () => {
  await expect(runWithSockets(spinner(), { mode: 'fast' as never })).rejects.toThrow("'auto', 'worker', 'suspend'")
  if (lack !== undefined) await expect(runWithSockets(spinner(), { mode })).rejects.toThrow(lack)
})
