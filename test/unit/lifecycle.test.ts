import { PassThrough } from 'node:stream'
import getPort from 'get-port'
import { describe, expect, test } from 'vitest'
import { instantiateWithSockets, runWithSockets } from '../../src/host.js'
import { SocketShim } from '../../src/socket-shim.js'
import { listeningPorts, resources } from '../support/resources.js'
import { acceptor, copier, opener } from '../support/tiny-wasm.js'
import { within } from '../support/workers.js'

/** Does something so often after a first few times, and answers what the process holds more than before. */
async function growthOver(times: number, once: (index: number) => Promise<void>) {
  for (let index = 0; index < 10; index++) await once(index)
  const before = await resources()
  for (let index = 0; index < times; index++) await once(index)
  const after = await resources()
  return {
    descriptors: after.descriptors - before.descriptors,
    threads: after.threads - before.threads,
    active: [before.active, after.active],
    virtualMiB: after.virtualMiB - before.virtualMiB,
    residentMiB: after.residentMiB - before.residentMiB,
  }
}

describe('guests that come and go', () => {
  test('a thousand on this thread, one after the other, leave nothing', { timeout: 240_000 }, async () => {
    const module = await WebAssembly.compile(opener(5))
    const growth = await growthOver(1000, async () => {
      const guest = await instantiateWithSockets(module)
      expect(await within(10_000, guest.start(), 'a guest')).toBe(5)
    })
    expect(growth).toMatchObject({ descriptors: 0, threads: 0 })
    expect(growth.active[1]).toEqual(growth.active[0])
    expect(growth.residentMiB).toBeLessThan(100)
    expect(growth.virtualMiB).toBeLessThan(1000) // one guest's shared memory alone is 8 MiB
  })

  test.each([
    ['in threads of their own', {}],
    ['with streams for their standard descriptors', { streams: true }],
  ])('forty %s leave nothing', { timeout: 60_000 }, async (_, { streams }: { streams?: boolean }) => {
    const module = await WebAssembly.compile(streams ? copier() : opener(0))
    const growth = await growthOver(40, async () => {
      const stdout = new PassThrough().resume()
      const stdin = new PassThrough()
      stdin.end('some input')
      const options = streams
        ? { stdin, stdout, stderr: () => {} }
        : ({ stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const)
      expect(await within(10_000, runWithSockets(module, options), 'a guest')).toBe(0)
    })
    expect(growth).toMatchObject({ descriptors: 0, threads: 0 })
    expect(growth.active[1]).toEqual(growth.active[0])
    expect(growth.virtualMiB).toBeLessThan(160) // the shared memory for a stream is 8 MiB a guest
  })

  test('ten that see a directory of the host leave no descriptor of it', async () => {
    const module = await WebAssembly.compile(opener(0))
    const growth = await growthOver(10, async () => {
      const guest = await instantiateWithSockets(module, { dirs: { '/here': '.' } })
      expect(await guest.start()).toBe(0)
    })
    expect(growth.descriptors).toBe(0)
  })

  test('one that cannot be instantiated leaves nothing', async () => {
    const module = await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))
    const growth = await growthOver(10, async () => {
      const guest = await instantiateWithSockets(module)
      await expect(guest.start()).rejects.toThrow('exports no function _start')
    })
    expect(growth).toMatchObject({ descriptors: 0, threads: 0 })
  })

  test('one that listened has given back its port', async () => {
    const port = await getPort()
    const connect = new AbortController()
    const running = runWithSockets(acceptor(port), {
      stdout: () => {
        expect(listeningPorts()).toContain(port)
        connect.abort()
      },
      signal: connect.signal,
    })
    await expect(within(10_000, running)).rejects.toThrow('aborted')
    expect(listeningPorts()).not.toContain(port)
  })
})

test('a socket that is opened and closed without ever waiting can be so for any number of times', async () => {
  const shim = new SocketShim({ descriptors: 8 })
  const before = await resources()
  for (let index = 0; index < 40_000; index++) {
    const fd = shim.socket({ family: 'inet', type: 'stream', nonBlocking: false })
    expect(fd).toBe(3)
    shim.run(shim.close(fd))
  }
  expect((await resources()).virtualMiB - before.virtualMiB).toBeLessThan(4000)
  await shim.end(1000)
}, 60_000)

test('a hundred look-ups leave no handle', async () => {
  const shim = new SocketShim()
  const request = { node: '127.0.0.1', service: '80', flags: 0, family: undefined, type: 'stream' } as const
  for (let index = 0; index < 100; index++) shim.run(shim.getaddrinfo({ ...request, node: 'localhost' }))
  const handle = shim.network('open', { family: 'inet', type: 'stream' })
  expect(handle).toBeLessThan(4)
  await shim.end(1000)
})
