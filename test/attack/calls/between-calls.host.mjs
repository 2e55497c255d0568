// A host that calls functions of a suspended guest while others wait. Prints one line for each scene: its name, and what came of it.
import { once } from 'node:events'
import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const { dist, guest } = JSON.parse(process.argv[2])
const { instantiateWithSockets } = await import(dist)
const AF = { shutRead: 0, shutWrite: 1, shutBoth: 2 }
const POLLIN = 1
const errnos = {
  28: 'EINVAL',
  64: 'EPIPE',
  15: 'ECONNRESET',
  8: 'EBADF',
  53: 'ENOTCONN',
  6: 'EAGAIN',
  13: 'ECONNABORTED',
}
const told = (value) => (value < 0 ? (errnos[-value] ?? `errno ${-value}`) : String(value))

const peers = []
const server = net.createServer({ allowHalfOpen: true }, (peer) => {
  peer.fate = new Promise((resolve) => {
    peer.on('error', (error) => resolve(error.code)).on('end', () => resolve('end'))
  })
  peers.push(peer)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()

/** Resolves with an answer, or with `waits` for one that is not there after the loop has turned for a while. */
const soon = (answer, ms = 100) => Promise.race([answer.then(told), sleep(ms, 'waits')])

const scenes = {
  async 'recv, disconnected'({ connected, receive, disconnect }) {
    const { fd, peer } = await connected()
    const waiting = receive(fd)
    await disconnect(fd)
    return [await soon(waiting), await soon(peer.fate.then(String), 1000).catch(String)]
  },
  async 'send, disconnected'({ connected, send_all, disconnect }) {
    const { fd, peer } = await connected()
    peer.pause()
    let waiting
    for (let turn = 0; turn < 60; turn++) {
      waiting = send_all(fd, 1 << 20)
      if ((await soon(waiting, 50)) === 'waits') break
    }
    await disconnect(fd)
    return [['ECONNRESET', 'a part'].includes(nameOfSent(await soon(waiting)))]
  },
  async 'poll, disconnected'({ connected, wait_for, disconnect }) {
    const { fd } = await connected()
    const waiting = wait_for(fd, POLLIN, -1)
    await disconnect(fd)
    return [await soon(waiting)]
  },
  async 'epoll, disconnected'({ connected, wait_epoll, disconnect }) {
    const { fd } = await connected()
    const waiting = wait_epoll(fd, -1)
    await disconnect(fd)
    return [await soon(waiting)]
  },
  async 'accept, shut down'({ open_stream, listen_at, accept_on, shut }) {
    const fd = await open_stream()
    await listen_at(fd)
    const waiting = accept_on(fd)
    await shut(fd, AF.shutRead)
    return [await soon(waiting)]
  },
  async 'recv, closed and opened again'({ connected, receive, close_fd, open_stream, first_byte }) {
    const { fd, peer } = await connected()
    const waiting = receive(fd)
    await close_fd(fd)
    const isSame = (await open_stream()) === fd
    const before = await soon(waiting)
    peer.write('old')
    const after = await soon(waiting, 5000)
    return [isSame, before, after, String.fromCharCode(await first_byte())]
  },
  async 'recv, closed, opened and connected again'({ connected, receive, close_fd, first_byte, try_receive }) {
    const { fd, peer } = await connected()
    const waiting = receive(fd)
    await close_fd(fd)
    const next = await connected()
    next.peer.write('new')
    const before = await soon(waiting)
    peer.write('old')
    const after = await soon(waiting, 5000)
    const first = String.fromCharCode(await first_byte())
    return [next.fd === fd, before, after, first, told(await try_receive(next.fd))]
  },
  async 'recv, closed: the peer sees the end when the call has ended'({ connected, receive, close_fd }) {
    const { fd, peer } = await connected()
    const waiting = receive(fd)
    await close_fd(fd)
    const before = await soon(peer.fate.then(() => 1))
    peer.write('old')
    return [before, await soon(waiting, 5000), await peer.fate]
  },
  async 'recv, replaced by dup2'({ connected, receive, dup_to, first_byte }) {
    const { fd, peer } = await connected()
    const other = await connected()
    const waiting = receive(fd)
    await dup_to(other.fd, fd)
    other.peer.write('new')
    const before = await soon(waiting)
    peer.write('old')
    return [before, await soon(waiting, 5000), String.fromCharCode(await first_byte())]
  },
  async 'accept, closed and opened again'({ open_stream, listen_at, port_of, accept_on, close_fd }) {
    const fd = await open_stream()
    await listen_at(fd)
    const at = await port_of(fd)
    const waiting = accept_on(fd)
    await close_fd(fd)
    await open_stream()
    const before = await soon(waiting)
    net.connect(at, '127.0.0.1').on('error', () => {})
    return [before, Number(await soon(waiting, 5000)) > 2]
  },
  async 'poll, closed and opened again'({ connected, wait_for, close_fd, open_stream }) {
    const { fd, peer } = await connected()
    const waiting = wait_for(fd, POLLIN, -1)
    await close_fd(fd)
    await open_stream()
    const before = await soon(waiting)
    peer.write('old')
    return [before, await soon(waiting, 5000)]
  },
  async 'epoll, closed and opened again'({ connected, wait_epoll, close_fd, open_stream }) {
    const { fd, peer } = await connected()
    const waiting = wait_epoll(fd, 300)
    await close_fd(fd)
    await open_stream()
    return [await peer.fate, await soon(waiting, 5000)]
  },
  async 'UDP recv, disconnected'({ open_datagram, bind_at, connect_to, receive, disconnect }) {
    const fd = await open_datagram()
    await bind_at(fd)
    await connect_to(fd, 9)
    const waiting = receive(fd)
    await disconnect(fd)
    return [await soon(waiting)]
  },
  async 'UDP recv, closed and opened again'({ open_datagram, bind_at, receive, close_fd }) {
    const fd = await open_datagram()
    await bind_at(fd)
    const waiting = receive(fd)
    await close_fd(fd)
    const next = await open_datagram()
    await bind_at(next)
    return [next === fd, await soon(waiting)]
  },
  async 'a lingering close, opened again'({ connected, linger, send_all, close_fd, open_stream, port_of }) {
    const { fd, peer } = await connected()
    peer.pause()
    await linger(fd, 1)
    for (let turn = 0; turn < 60 && (await soon(send_all(fd, 1 << 16), 50)) !== 'waits'; turn++);
    const closing = close_fd(fd)
    const next = await open_stream()
    const isOpen = (await port_of(next)) === 0
    return [isOpen, await soon(closing, 5000), (await port_of(next)) === 0]
  },
  async 'many at once, all closed and opened again'({ connected, receive, close_fd, open_stream }) {
    const all = []
    for (let index = 0; index < 20; index++) all.push(await connected())
    const waiting = all.map(({ fd }) => receive(fd))
    for (const { fd } of all) await close_fd(fd)
    for (const _ of all) await open_stream()
    const before = await Promise.all(waiting.map((each) => soon(each)))
    for (const { peer } of all) peer.end('x')
    const after = await Promise.all(waiting.map((each) => soon(each, 5000)))
    return [new Set(before).size === 1 && before[0], new Set(after).size === 1 && after[0]]
  },
}

const nameOfSent = (sent) => (/^\d+$/.test(sent) ? 'a part' : sent)

for (const [name, scene] of Object.entries(scenes)) {
  const { exports, close } = await instantiateWithSockets(guest, { mode: 'suspend', stdin: 'ignore', lingerMs: 100 })
  const connected = async () => {
    const fd = await exports.open_stream()
    const arrived = once(server, 'connection')
    await exports.connect_to(fd, port)
    return { fd, peer: (await arrived)[0] }
  }
  try {
    console.log(`${name}: ${(await scene({ ...exports, connected })).join(', ')}`)
  } catch (error) {
    console.log(`${name}: threw ${error.stack}`)
  }
  await close()
  for (const peer of peers.splice(0)) peer.destroy()
}
server.close()
process.exit(0)
