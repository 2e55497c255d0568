import { once } from 'node:events'
import net from 'node:net'
import getPort from 'get-port'
import { expect, test } from 'vitest'
import { type CallEvent, type InstantiateOptions, instantiateWithSockets } from '../src/index.js'
import { describeModes } from './support/modes.js'
import { acceptor, opener } from './support/tiny-wasm.js'

describeModes('a guest on the calling thread', (mode) => {
  /** A guest that opens sockets when it is called, and the calls that it has made. */
  async function opening(options: InstantiateOptions = {}) {
    const calls: CallEvent[] = []
    const trace = (event: CallEvent) => void calls.push(event)
    return { calls, ...(await instantiateWithSockets(opener(5), { mode, trace, ...options })) }
  }

  test('that is closed is not called any more, and opens nothing', async () => {
    const { calls, exports, close, start } = await opening()
    const closing = close()
    await expect(exports['_start']?.()).rejects.toThrow(/^this guest is closed$/)
    await closing
    await expect(exports['_start']?.()).rejects.toThrow(/^this guest is closed$/)
    await expect(start()).rejects.toThrow(/^this guest is closed$/)
    expect(calls).toEqual([])
  })

  test('runs once: whoever starts it again is told so, and does it no harm', async () => {
    const { calls, start } = await opening()
    const [first, second] = await Promise.allSettled([start(), start()])
    expect(first).toEqual({ status: 'fulfilled', value: 5 })
    expect(second).toMatchObject({ reason: new Error('this guest has been started: it runs once') })
    const before = calls.length
    await expect(start()).rejects.toThrow('this guest has been started')
    expect([before, calls.length]).toEqual([4, 4])
  })

  test.runIf(mode === 'suspend')('goes on waiting when it is started again', async () => {
    const port = await getPort()
    const { start } = await instantiateWithSockets(acceptor(port), { mode, stdout: 'ignore' })
    const code = start()
    await expect(start()).rejects.toThrow('this guest has been started')
    await once(
      net.connect(port, '127.0.0.1').on('error', () => {}),
      'connect',
    )
    expect(await code).toBe(-4)
  })

  test.runIf(mode === 'suspend')('that is closed opens nothing by an export of its instance either', async () => {
    const { instance, close } = await opening()
    await close()
    expect(instance.exports['_start']).toThrow('this guest is closed')
  })
})
