import { once } from 'node:events'
import net from 'node:net'
import { describe, expect, test } from 'vitest'
import { built, freePort, isBuilt, Program, run } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
describe.runIf(isBuilt('netcat'))('netcat', () => {
  const guest = built('netcat', 'nc')
  const native = built('netcat', 'nc.native')

  test.each([
    ['a guest connects to a native one', guest, native, []],
    ['a native one connects to a guest', native, guest, []],
    ['a guest connects to a guest', guest, guest, []],
    ['a guest sends datagrams to a native one', guest, native, ['-u']],
    ['a native one sends datagrams to a guest', native, guest, ['-u']],
  ])('%s, and both say what is typed at the other', async (_, connecting, listening, kind) => {
    const port = String(await freePort())
    const listener = new Program(listening, [...kind, '-n', '-v', '-l', '-s', '127.0.0.1', '-p', port])
    await listener.says('listening on')
    const connector = new Program(connecting, [...kind, '-n', '-q', '0', '127.0.0.1', port])
    connector.child.stdin.write('typed at the connector\n')
    await listener.says('typed at the connector')
    listener.child.stdin.write('typed at the listener\n')
    await connector.says('typed at the listener')
    connector.child.stdin.end()
    expect(await connector.ended).toBe(0)
    if (kind.length === 0) expect(await listener.ended).toBe(0)
  })

  test('a scan tells an open port from a closed one', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    expect(await run(guest, ['-n', '-v', '-z', '127.0.0.1', String(port)])).toMatchObject({
      code: 0,
      said: expect.stringMatching(/\(\?\) open/),
    })
    await new Promise((resolve) => server.close(resolve))
    expect(await run(guest, ['-n', '-v', '-z', '127.0.0.1', String(port)])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/Connection refused\n$/),
    })
  })
})
