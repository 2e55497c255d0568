import dgram from 'node:dgram'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { NodeDatagrams } from '../../src/bridge/node-datagrams.js'
import type { InetAddress } from '../../src/posix/address.js'

/** A socket at 127.0.0.1 that keeps what it hears. */
async function listener() {
  const lookup = (host: string, _: object, found: (error: null, host: string, family: number) => void) =>
    found(null, host, 4)
  const socket = dgram.createSocket({ type: 'udp4', lookup: lookup as never }) // sends within the call
  const heard: string[] = []
  socket.on('message', (data) => void heard.push(String(data)))
  const isListening = once(socket, 'listening')
  socket.bind(0, '127.0.0.1')
  await isListening
  const address: InetAddress = { family: 'inet', host: '127.0.0.1', port: socket.address().port }
  return { socket, heard, address }
}

const done = (ask: (done: (errno?: string) => void) => void) => new Promise<string | undefined>(ask)

test('a connected socket that sends elsewhere warns of nothing, and hears its peer alone', async () => {
  const warnings: Error[] = []
  const warned = (warning: Error) => void warnings.push(warning)
  process.on('warning', warned)
  const [peer, other] = [await listener(), await listener()]
  const heard: string[] = []
  const own = new NodeDatagrams('inet', {
    received: (data) => void heard.push(String(data)),
    error: (errno) => void heard.push(errno),
  })
  await done((done) => own.bind({ family: 'inet', host: '127.0.0.1', port: 0 }, done))
  await done((done) => own.connect(peer.address, done))
  const { port } = own.local as InetAddress
  // A stranger writes whenever the peer is left: each of its datagrams is sent before the next call here.
  const disconnect = dgram.Socket.prototype.disconnect
  dgram.Socket.prototype.disconnect = function (this: dgram.Socket) {
    disconnect.call(this)
    other.socket.send('stranger', port, '127.0.0.1')
  }
  const sent = Array.from({ length: 30 }, (_, index) =>
    done((done) => own.send(Buffer.from(`to another ${index}`), other.address, done)),
  )
  expect(new Set(await Promise.all(sent))).toEqual(new Set([undefined]))
  dgram.Socket.prototype.disconnect = disconnect
  await done((done) => own.send(Buffer.from('to the peer'), undefined, done))
  peer.socket.send('from the peer', port, '127.0.0.1')
  const hasAll = () => heard.includes('from the peer') && peer.heard.length > 0 && other.heard.length === 30
  while (!hasAll()) await new Promise(setImmediate)
  await new Promise(setImmediate)
  expect({ heard, toPeer: peer.heard, toOther: other.heard.length }).toEqual({
    ...{ heard: ['from the peer'], toPeer: ['to the peer'], toOther: 30 },
  })
  expect(warnings).toEqual([])
  process.off('warning', warned)
  own.close(() => {})
  peer.socket.close()
  other.socket.close()
})
