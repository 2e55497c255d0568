import { once } from 'node:events'
import http from 'node:http'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { describe, expect, test } from 'vitest'
import type { LinkOptions } from '../../src/network/virtual/links.js'
import { virtualNetwork } from '../../src/network/virtual/virtual-network.js'
import type { PacketEvent } from '../../src/network/virtual/wire.js'
import { runBlocking } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'

function scene(link: LinkOptions = { latencyMs: 5 }, seed = 7) {
  const packets: PacketEvent[] = []
  const net = virtualNetwork({ seed, trace: (event) => void packets.push(event) })
  const [a, b] = [net.host('client', ['10.0.0.1']), net.host('db.internal', ['10.0.0.2', 'fd00::2'])]
  net.link(a, b, link)
  return { net, a, b, packets }
}

/** Both ends of a connection. */
async function connected(link?: LinkOptions) {
  const all = scene(link)
  const server = all.b.createServer({ allowHalfOpen: true }).listen(5432)
  const client = all.a.connect({ port: 5432, host: 'db.internal', allowHalfOpen: true })
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'connect')])
  return { ...all, server, client, socket: socket as typeof client }
}

/** All that comes, as text; the other direction stays open. */
async function allOf(stream: Duplex) {
  let all = ''
  stream.on('data', (piece) => {
    all += piece
  })
  await once(stream, 'end')
  return all
}

const errorOf = async (stream: Duplex) => {
  const [error] = (await once(stream, 'error')) as [NodeJS.ErrnoException]
  return { code: error.code, syscall: error.syscall, message: error.message }
}

describe('streams', () => {
  test('go both ways, end one after the other, and know their ends', async () => {
    const { net, client, socket } = await connected()
    expect([client.remoteAddress, client.remotePort, client.remoteFamily]).toEqual(['10.0.0.2', 5432, 'IPv4'])
    expect([socket.remoteAddress, socket.remotePort]).toEqual([client.localAddress, client.localPort])
    expect(client.address()).toEqual({ address: '10.0.0.1', family: 'IPv4', port: client.localPort })
    const closed = Promise.all([once(client, 'close'), once(socket, 'close')])
    client.end('question')
    expect(await allOf(socket)).toBe('question')
    socket.end('answer')
    expect(await allOf(client)).toBe('answer')
    await closed
    expect([client.bytesWritten, client.bytesRead]).toEqual([8, 6])
    expect(net.nowMs).toBe(20)
  })

  test('net.connect dials as a program on the host does', async () => {
    const { net, b } = scene()
    b.createServer((socket) => void socket.end('here')).listen(5432)
    expect(await text(net.connect('db.internal', 5432))).toBe('here')
    expect(() => net.connect('elsewhere', 1)).toThrow('no host is called elsewhere')
  })

  test.each([
    ['nobody listens', 'db.internal', 1, 'ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.2:1'],
    ['no host has the address', '192.0.2.1', 1, 'ENETUNREACH', 'connect ENETUNREACH 192.0.2.1:1'],
    ['no host has the name', 'elsewhere', 1, 'ENOTFOUND', 'getaddrinfo ENOTFOUND elsewhere'],
  ])('where %s, the error is as of node:net', async (_, host, port, code, message) => {
    const { a } = scene()
    const [syscall] = message.split(' ')
    expect(await errorOf(a.connect(port, host))).toEqual({ code, syscall, message })
  })

  test('a partition is ETIMEDOUT after two minutes that take none', async () => {
    const { net, a, b } = scene()
    net.partition(a, b)
    expect(await errorOf(a.connect(5432, '10.0.0.2'))).toMatchObject({ code: 'ETIMEDOUT', syscall: 'connect' })
    expect(net.nowMs).toBe(127_000)
  })

  test('destroy is a reset, until what is sent has ended', async () => {
    const { client, socket } = await connected()
    client.write('half of')
    client.destroy()
    expect(await errorOf(socket.resume())).toMatchObject({ code: 'ECONNRESET', syscall: 'read' })
  })

  test('destroy after the end is none', async () => {
    const { client, socket } = await connected()
    client.end('all of it')
    client.once('finish', () => client.destroy())
    expect(await text(socket)).toBe('all of it')
  })

  test('writing to who is gone is an error', async () => {
    const { client, socket } = await connected()
    client.resetAndDestroy()
    await once(client, 'close')
    socket.write('to nobody')
    expect(await errorOf(socket)).toMatchObject({ code: 'ECONNRESET' })
  })

  test('who is not read from is held back', async () => {
    const { net, client, socket } = await connected()
    const piece = new Uint8Array(64 * 1024)
    let received = 0
    socket.on('data', ({ length }) => {
      received += length
    })
    socket.once('data', () => socket.pause())
    const hasRoom = () => Promise.race([once(client, 'drain').then(() => true), net.sleep(10_000).then(() => false)])
    while (client.bytesWritten < 64 << 20 && (client.write(piece) || (await hasRoom())));
    const taken = client.bytesWritten
    expect(taken).toBeLessThan(2 << 20)
    socket.resume()
    client.end()
    await once(socket, 'end')
    expect(received).toBe(client.bytesWritten)
    expect(received).toBeGreaterThan(taken)
  })

  test('what came before a reset is still read', async () => {
    const { net, client, socket } = await connected()
    client.write('last words')
    await net.sleep(100)
    client.resetAndDestroy()
    await net.sleep(100)
    let heard = ''
    socket.on('data', (piece) => {
      heard += piece
    })
    expect([await errorOf(socket), heard]).toEqual([expect.objectContaining({ code: 'ECONNRESET' }), 'last words'])
  })

  test('megabytes over a bad link come whole', async () => {
    const { net, client, socket } = await connected({ latencyMs: 20, jitterMs: 30, loss: 0.05 })
    const data = Buffer.from(Uint8Array.from({ length: 3 << 20 }, (_, index) => index * 7 + (index >> 8)))
    const pieces: Buffer[] = []
    socket.on('data', (piece) => void pieces.push(piece))
    await Promise.all([pipeline([data], client), once(socket, 'end')])
    expect(Buffer.concat(pieces).equals(data)).toBe(true)
    expect(net.nowMs).toBeGreaterThan(200)
    socket.end()
  })

  test('time-outs are by the virtual clock', async () => {
    const { net, client } = await connected()
    const before = net.nowMs
    client.setTimeout(60_000)
    await once(client, 'timeout')
    expect(net.nowMs - before).toBeCloseTo(60_000, 0)
    let isLate = false
    client.setTimeout(1000, () => {
      isLate = true
    })
    client.setTimeout(0)
    await net.sleep(60_000)
    expect(isLate).toBe(false)
  })

  test('a server that closes takes nobody else, and says when all are gone', async () => {
    const { a, server, client, socket } = await connected()
    let isClosed = false
    server.close(() => {
      isClosed = true
    })
    expect(await errorOf(a.connect(5432, 'db.internal'))).toMatchObject({ code: 'ECONNREFUSED' })
    expect(isClosed).toBe(false)
    client.end()
    socket.resume().end()
    client.resume()
    await once(server, 'close')
    expect(server.address()).toBeNull()
  })

  test('a port that is taken is an error of the server', async () => {
    const { b } = await connected()
    const [error] = await once(b.createServer().listen(5432), 'error')
    expect(error).toMatchObject({ code: 'EADDRINUSE', syscall: 'listen', port: 5432 })
  })
})

describe('HTTP of Node', () => {
  const ask = async (link: LinkOptions, seed: number) => {
    const { net, a, b, packets } = scene(link, seed)
    const web = http.createServer((request, response) => {
      request.setEncoding('utf8')
      let body = ''
      request.on('data', (piece) => (body += piece)).on('end', () => response.end(`you said ${body}`))
    })
    b.createServer((socket) => void web.emit('connection', socket)).listen(80)
    const said: string[] = []
    for (const body of ['one', 'two', 'x'.repeat(100_000)]) {
      const request = http.request({
        ...{ host: 'db.internal', port: 80, method: 'POST', path: '/' },
        createConnection: () => a.connect(80, 'db.internal'),
      })
      request.end(body)
      const [response] = (await once(request, 'response')) as [http.IncomingMessage]
      said.push(await text(response))
    }
    web.close()
    await net.sleep(60_000)
    return { said, packets, nowMs: net.nowMs }
  }

  test('works over it', async () => {
    const { said } = await ask({ latencyMs: 20 }, 1)
    expect(said).toEqual(['you said one', 'you said two', `you said ${'x'.repeat(100_000)}`])
  })

  test('is the same run for the same seed, to the packet and the microsecond', async () => {
    const bad = { latencyMs: 20, jitterMs: 10, loss: 0.05 }
    const first = await ask(bad, 5)
    expect(await ask(bad, 5)).toEqual(first)
    expect((await ask(bad, 6)).packets).not.toEqual(first.packets)
    expect(first.packets.some(({ fate }) => fate === 'lost')).toBe(true)
  })
})

describe('datagrams', () => {
  test('go both ways, by name', async () => {
    const { a, b } = scene()
    const server = b.createSocket('udp4', (data, { address, port }) => server.send(`${data}!`, port, address)).bind(53)
    const client = a.createSocket('udp4')
    client.send('who', 53, 'db.internal')
    const [data, from] = await once(client, 'message')
    expect([String(data), from]).toEqual(['who!', { address: '10.0.0.2', family: 'IPv4', port: 53, size: 4 }])
  })

  test.each([
    ['a port that is taken', 'bind', 'EADDRINUSE'],
    ['a name that nobody has', 'send', 'ENOTFOUND'],
    ['too much at once', 'send', 'EMSGSIZE'],
  ])('%s is an error', async (what, syscall, code) => {
    const { a } = scene()
    a.createSocket('udp4').bind(53)
    const socket = a.createSocket('udp4')
    if (syscall === 'bind') socket.bind(53)
    else
      socket.send(
        new Uint8Array(code === 'EMSGSIZE' ? 65_508 : 1),
        1,
        what.startsWith('a name') ? 'elsewhere' : 'client',
      )
    const [error] = await once(socket, 'error')
    expect(error).toMatchObject({ syscall, code })
  })
})

describe('time', () => {
  test('stands still while the app holds it', async () => {
    const { net } = scene()
    const release = net.hold()
    let hasPassed = false
    const slept = net.sleep(1000).then(() => {
      hasPassed = true
    })
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect([hasPassed, net.nowMs]).toEqual([false, 0])
    release()
    await slept
    expect(net.nowMs).toBe(1000)
  })

  test('waits until the app has had its say, also when that takes a few turns of the event loop', async () => {
    const { net } = scene()
    await net.sleep(10)
    void net.sleep(1)
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(net.nowMs).toBe(10)
    await net.sleep(1)
    expect(net.nowMs).toBe(11)
  })

  test('goes on for handlers too, once it plays', async () => {
    const { net, a, b } = scene()
    b.serve(1, (peer) => ({ onData: (data) => void peer.write(data) }))
    const heard = new Promise<string>((resolve) => {
      a.call('db.internal', 1, (peer) => ({
        onConnect: () => void peer.write(Buffer.from('hi')),
        onData: (data) => resolve(String(Buffer.from(data))),
      }))
    })
    net.play()
    expect(await heard).toBe('hi')
  })
})

test('a stream of the app is a socket of a guest', async () => {
  const { net, a, b } = scene()
  const server = b.createServer({ allowHalfOpen: true }).listen(1)
  const client = a.connect(1, 'db.internal')
  const [[socket]] = await Promise.all([once(server, 'connection'), once(client, 'connect')])
  client.write('for a guest')
  await net.sleep(100)
  const driver = b.driver()
  const sockets = new Sockets({ network: driver, world: net.world })
  const fd = sockets.adopt(driver.attach(socket))
  await net.sleep(1)
  const into = new Uint8Array(20)
  const { length } = runBlocking(sockets.receive(fd, into, 0), driver.network)
  expect(String(Buffer.from(into.subarray(0, length)))).toBe('for a guest')
  runBlocking(sockets.send(fd, Buffer.from('of a guest'), 0), driver.network)
  const [data] = await once(client, 'data')
  expect(String(data)).toBe('of a guest')
})
