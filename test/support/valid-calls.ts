import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { machineWorld } from '../../src/machine.js'
import type { NetworkDriver, SocketType } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { MSG_DONTWAIT, MSG_PEEK, POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { type MaybeBlocking, whole } from '../../src/posix-sockets/blocking.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { randomFrom } from './random.mjs'

const DESCRIPTORS = 40
const FIONREAD = 0x541b
/** The most that is sent in one call, in bytes, and by a peer that floods. */
const MOST_BYTES = 200_000
const FLOOD = 50
const loopback = (port: number): Address => ({ family: 'inet', host: '127.0.0.1', port })

/** What peers do with a connection: all of it at a bad moment. */
const peerActs: readonly ((peer: net.Socket) => unknown)[] = [
  (peer) => peer.write(Buffer.alloc(10)),
  (peer) => peer.end(Buffer.alloc(1000)),
  (peer) => peer.end(),
  (peer) => peer.destroy(),
  (peer) => peer.resetAndDestroy(),
  (peer) => peer.pause(),
  (peer) => peer.resume(),
  (peer) => {
    for (let piece = 0; piece < FLOOD && peer.writable; piece++) peer.write(Buffer.alloc(65_536))
  },
]

/** Makes valid calls in an order by chance, with peers that do what they like. Throws what is no errno, with the calls that led there. */
export async function validCalls(driver: NetworkDriver, { seed, steps }: { seed: number; steps: number }) {
  const random = randomFrom(seed)
  const pick = <T>(of: readonly T[]): T => of[random() % of.length] as T
  const sockets = new Sockets({ network: driver, world: machineWorld(), descriptors: DESCRIPTORS })
  const trail: string[] = []
  const peers: net.Socket[] = []
  let isOver = false
  const keep = (peer: net.Socket) => {
    peers.push(peer.on('error', () => {}))
    if (isOver) peer.destroy() // it was in the server's queue until now
  }
  const server = net.createServer({ allowHalfOpen: true }, keep).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const carry = async <T>(call: MaybeBlocking<T>): Promise<T> => sockets.carryOut(whole(call))
  const fds = () => [...sockets.table].map(([fd]) => fd)
  const anyFd = () => pick([...fds(), 3, 39])
  const ports = () => fds().flatMap((fd) => (sockets.isSocket(fd) ? [portOf(sockets, fd)] : []))
  const anyPort = () => pick([port, port, 0, 1, ...ports()])
  const data = () => Buffer.alloc(random() % pick([10, 1000, MOST_BYTES]))
  const flags = () => pick([0, MSG_DONTWAIT, MSG_DONTWAIT | MSG_PEEK])

  const calls: Readonly<Record<string, () => unknown>> = {
    socket: () =>
      sockets.socket({ family: 'inet', type: pick<SocketType>(['stream', 'stream', 'dgram']), nonBlocking: true }),
    socketpair: () =>
      sockets.socketpair({ family: 'unix', type: pick<SocketType>(['stream', 'dgram']), nonBlocking: true }),
    pipe: () => sockets.pipe({ nonBlocking: true }),
    bind: () => carry(sockets.bind(anyFd(), loopback(pick([0, 0, anyPort()])))),
    listen: () => carry(sockets.listen(anyFd(), random() % 5)),
    connect: () => carry(sockets.connect(anyFd(), pick([loopback(anyPort()), loopback(anyPort()), undefined]))),
    accept: () => carry(sockets.accept(anyFd(), { nonBlocking: true })),
    send: () => carry(sockets.send(anyFd(), data(), MSG_DONTWAIT)),
    sendto: () => carry(sockets.send(anyFd(), data().subarray(0, 2000), MSG_DONTWAIT, loopback(anyPort()))),
    recv: () => carry(sockets.receive(anyFd(), new Uint8Array(random() % MOST_BYTES), flags() | MSG_DONTWAIT)),
    shutdown: () => carry(sockets.shutdown(anyFd(), pick(['read', 'write', 'both']))),
    close: () => carry(sockets.close(anyFd())),
    linger: () =>
      carry(
        sockets.setsockopt(
          anyFd(),
          'SO_LINGER',
          pick([
            { on: true, seconds: 0 },
            { on: false, seconds: 0 },
          ]) as never,
        ),
      ),
    noDelay: () => carry(sockets.setsockopt(anyFd(), 'TCP_NODELAY', pick([0, 1]) as never)),
    error: () => sockets.getsockopt(anyFd(), 'SO_ERROR'),
    names: () => [sockets.getsockname(anyFd()), sockets.getpeername(anyFd())],
    available: () => sockets.ioctl(anyFd(), FIONREAD, 0),
    dup: () => sockets.dup(anyFd()),
    dup2: () => carry(sockets.dup2(anyFd(), 4 + (random() % 30))),
    poll: () =>
      carry(
        sockets.poll(
          fds().map((fd) => ({ fd, events: pick([POLLIN, POLLOUT, POLLIN | POLLOUT]) })),
          random() % 3,
        ),
      ),
    peers: () => peers.length > 0 && pick(peerActs)(pick(peers)),
    call: () => keep(net.connect(anyPort() || port, '127.0.0.1')),
    turn: () => new Promise(setImmediate),
  }
  const names = Object.keys(calls)

  try {
    for (let step = 0; step < steps; step++) {
      const name = pick(['socket', 'peers', 'turn', 'close', ...names])
      trail.push(name)
      try {
        await calls[name]?.()
      } catch (error) {
        if (!(error instanceof SysError) || error.errno === 'EIO')
          throw new Error(`seed ${seed}, call ${step}: ${trail.slice(-12).join(' ')}`, { cause: error })
      }
    }
    await stillWorks(sockets, carry)
  } finally {
    isOver = true
    for (const peer of peers) peer.destroy()
    await sockets.end(300)
    const closed = once(server, 'close')
    server.close()
    await closed
  }
}

function portOf(sockets: Sockets, fd: number): number {
  const address = sockets.getsockname(fd)
  return address.family === 'unix' ? 0 : address.port
}

/** After all that a new connection carries data both ways. */
async function stillWorks(sockets: Sockets, carry: <T>(call: MaybeBlocking<T>) => Promise<T>): Promise<void> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const [fd] of [...sockets.table].slice(0, 4)) await carry(sockets.close(fd)).catch(() => {})
  const fd = sockets.socket({ family: 'inet', type: 'stream', nonBlocking: false })
  const arrived = once(server, 'connection') as Promise<[net.Socket]>
  await carry(sockets.connect(fd, loopback(port)))
  const [peer] = await arrived
  peer.write('hello')
  let received: number | undefined
  for (let tries = 0; received === undefined && tries < 5000; tries++) {
    await new Promise(setImmediate)
    await carry(sockets.poll([{ fd, events: POLLIN }], 1))
    const call = carry(sockets.receive(fd, new Uint8Array(9), MSG_DONTWAIT))
    received = await call.then(
      ({ length }) => length,
      () => undefined,
    )
  }
  peer.destroy()
  server.close()
  if (received !== 5) throw new Error('a new connection carries nothing any more')
}
