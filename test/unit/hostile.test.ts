import net, { type AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { RING_WORDS, RingConsumer, RingProducer } from '../../src/bridge/ring.js'
import { instantiateWithSockets, startWithSockets } from '../../src/host.js'
import { SysError } from '../../src/posix/errno.js'
import { SocketShim } from '../../src/socket-shim.js'

/* What a guest, a peer or a stream of the host's may do to harm, and what must come of it. */
const shims: SocketShim[] = []
const shim = () => {
  const made = new SocketShim()
  shims.push(made)
  return made
}
afterEach(async () => {
  await Promise.all(shims.splice(0).map((each) => each.end(500)))
})

const errnoOf = (call: () => unknown) => {
  try {
    call()
    return 'none'
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

/** A module with one import, which it does not use, and an empty `_start`. */
const importing = (module: string, name: string) => {
  const text = (value: string) => [value.length, ...Buffer.from(value)]
  const section = (id: number, ...bytes: number[]) => [id, bytes.length, ...bytes]
  return Uint8Array.of(
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 0, 0),
    ...section(2, 1, ...text(module), ...text(name), 0, 0),
    ...section(3, 1, 0),
    ...section(7, 1, ...text('_start'), 0, 1),
    ...section(10, 1, 2, 0, 0x0b),
  )
}

test('a record that wraps round the end of a ring is published in one step', () => {
  const words = new Int32Array(RING_WORDS)
  const bytes = new Uint8Array(16)
  const producer = new RingProducer(words, bytes)
  const consumer = new RingConsumer(words, bytes)
  producer.write(new Uint8Array(12))
  consumer.read(new Uint8Array(8))
  const produce = vi.spyOn(producer, 'produce')
  expect(producer.write(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8))).toBe(8)
  expect(produce.mock.calls).toEqual([[8]])
  consumer.read(new Uint8Array(4))
  const read = new Uint8Array(8)
  consumer.read(read)
  expect([...read]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

describe("the host's own objects are no imports", () => {
  test.each([
    ['constructor', 'assign'],
    ['toString', 'constructor'],
    ['posix_sockets', 'constructor'],
    ['posix_sockets', '__proto__'],
    ['__proto__', 'hasOwnProperty'],
  ])('%s.%s', async (module, name) => {
    const made = instantiateWithSockets(importing(module, name), { stdin: 'ignore' })
    await expect(made).rejects.toMatchObject({ code: 'MISSING_IMPORT' })
  })

  test('nor of a shim alone', () => {
    const { imports } = shim()
    expect([Object.getPrototypeOf(imports), Object.getPrototypeOf(imports.posix_sockets)]).toEqual([null, null])
  })
})

describe('options set before a socket is bound', () => {
  test.each([
    ['IP_ADD_MEMBERSHIP', { group: '127.0.0.1', via: '' }, 'EINVAL'],
    ['IP_MULTICAST_IF', '1.2.3.4', 'EADDRNOTAVAIL'],
  ] as const)('%s is refused as Linux refuses it, and bind succeeds', (option, value, errno) => {
    const sockets = shim()
    const fd = sockets.socket({ family: 'inet', type: 'dgram', nonBlocking: false })
    expect(errnoOf(() => sockets.run(sockets.setsockopt(fd, option, value)))).toBe(errno)
    sockets.run(sockets.bind(fd, { family: 'inet', host: '127.0.0.1', port: 0 }))
  })

  test('one that only the system refuses does not answer for a later connect', () => {
    const sockets = shim()
    const fd = sockets.socket({ family: 'inet6', type: 'dgram', nonBlocking: false })
    sockets.run(sockets.bind(fd, { family: 'inet6', host: '::1', port: 0, scope: 0 }))
    sockets.run(sockets.setsockopt(fd, 'IPV6_UNICAST_HOPS', 0))
    sockets.run(sockets.connect(fd, sockets.getsockname(fd)))
  })
})

test('a connection that the guest has closed is reset when the peer goes on sending', async () => {
  const sockets = shim()
  const fate = new Promise<string>((resolve) => {
    const server = net.createServer((peer) => {
      peer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
      peer.on('end', () => resolve('a clean end'))
      const push = () => {
        while (!peer.destroyed && peer.write(Buffer.alloc(65_536)));
      }
      peer.on('drain', push)
      push()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: true })
      const to = { family: 'inet', host: '127.0.0.1', port } as const
      expect(errnoOf(() => sockets.run(sockets.connect(fd, to)))).toBe('EINPROGRESS')
      sockets.run(sockets.poll([{ fd, events: 4 }], 5000))
      sockets.run(sockets.connect(fd, to))
      sockets.run(sockets.close(fd))
    })
  })
  expect(['ECONNRESET', 'EPIPE']).toContain(await fate)
})

describe("streams of the host's", () => {
  test('one that breaks before the guest has it does no harm', async () => {
    const sockets = shim()
    const stream = new PassThrough()
    stream.destroy(new Error('broken'))
    expect(sockets.attach(stream)).toBeGreaterThan(0)
  })

  test('options that cannot be sent leave no thread', async () => {
    const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
    const before = ports()
    const env = { A: (() => 1) as unknown as string }
    await expect(startWithSockets(importing('env', 'f'), { env })).rejects.toThrow(/"A" must be a text/)
    await vi.waitFor(() => expect(ports()).toBeLessThanOrEqual(before), { timeout: 5000 })
  })
})
