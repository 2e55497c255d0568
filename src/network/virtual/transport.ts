import type { Address, Family } from '../../posix/address.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { unnamed } from '../network.js'
import type { BindTerms, BoundStream, Call, Door, Names, Transport } from '../transport.js'
import { addressIn, type Place, plainHost } from './addresses.js'
import { Connection } from './connection.js'
import { DatagramPort } from './datagram-port.js'
import { dial } from './dial.js'
import { answering, dialled } from './dialling.js'
import type { Listener, StreamBinding, VirtualHost } from './host.js'
import { lookUp, lookUpBack } from './names.js'
import { type Plugged, VirtualSocket } from './socket.js'

const nowhere: Place = { host: '', port: 0 }
const namesOf = (family: Family, { local, remote }: Pick<Plugged, 'local' | 'remote'>): Names => ({
  local: addressIn(family, local),
  peer: addressIn(family, remote),
})

/** A host of a network in memory as a transport: for guests whose pump is in this thread. `play` is called as soon as there is one. */
export function virtualTransport(host: VirtualHost, play: () => void): Transport {
  return {
    waitingFor: (backlog) => backlog + 1, // as Linux counts
    bind: (terms, { bound }) => bound(terms.to.family === 'unix' ? boundPath(host, terms.to) : boundPort(host, terms)),
    dial: (to, call) => {
      play()
      return dialTo(host, to, call)
    },
    set() {}, // the options of streams change nothing here
    datagrams: (family, told) => {
      play()
      return new DatagramPort(host, family === 'inet6' ? family : 'inet', told)
    },
    lookUp: ({ host: name, family }, done) => done(lookUp(host, name, family)),
    lookUpBack: (address, done) => done(lookUpBack(host, address)),
  }
}

function boundPort(host: VirtualHost, { to, v6Only, reuse }: BindTerms): BoundStream {
  const place = placeOf(to)
  host.ensureOwn(place.host)
  const asked = { ...place, v6Only, reuse, listener: undefined }
  const binding: StreamBinding = { ...asked, port: host.streams.choose(asked) }
  host.streams.add(binding)
  return {
    local: addressIn(to.family, binding),
    listen(door) {
      if (host.streams.isTaken(binding, (other) => other.listener !== undefined)) throw new SysError('EADDRINUSE')
      binding.listener = listening(host, door, (plugged) => namesOf(to.family, plugged))
    },
    dial: (other, call) => dialTo(host, other, call, binding),
    close(closed) {
      host.streams.remove(binding)
      closed()
    },
  }
}

function boundPath(host: VirtualHost, local: Address & { family: 'unix' }): BoundStream {
  if (host.paths.has(local.path)) throw new SysError('EADDRINUSE')
  host.paths.set(local.path, undefined)
  return {
    local,
    listen: (door) =>
      void host.paths.set(
        local.path,
        listening(host, door, () => ({ local, peer: unnamed })),
      ),
    dial: (other, call) => dialTo(host, other, call),
    close(closed) {
      host.paths.delete(local.path)
      closed()
    },
  }
}

/** Who calls while there is no room is not answered, and calls again. */
function listening(host: VirtualHost, door: Door, names: (call: Pick<Plugged, 'local' | 'remote'>) => Names): Listener {
  return (call) => {
    if (!door.hasRoom()) return undefined
    const { socket, end } = answering(host, call, { allowHalfOpen: true, released() {} })
    door.welcome(socket, names({ local: call.to, remote: call.from }))
    socket.connected()
    return end
  }
}

function dialTo(host: VirtualHost, to: Address, call: Call, bound?: StreamBinding): () => void {
  const outgoing = to.family === 'unix' ? dialledPath(host, to.path) : dialled(host, placeOf(to), bound)
  const names = to.family === 'unix' ? { local: unnamed, peer: to } : namesOf(to.family, outgoing)
  const socket = VirtualSocket.over({ ...outgoing, released: outgoing.release }, host.around.wire.clock, {
    allowHalfOpen: true,
  })
  const refused = (error: NodeJS.ErrnoException) => call.failed(error.code as Errno)
  socket.once('error', refused)
  socket.once('connect', () => {
    socket.off('error', refused)
    call.connected(socket, { names, readsInto: false })
  })
  return () => void socket.off('error', refused).destroy()
}

function dialledPath(host: VirtualHost, path: string) {
  if (!host.paths.has(path)) throw new SysError(path.startsWith('\0') ? 'ECONNREFUSED' : 'ENOENT')
  const end = new Connection(host.around.wire, host)
  dial(end, { from: host, to: host, local: nowhere, remote: nowhere, listener: () => host.paths.get(path) })
  return { end, local: nowhere, remote: nowhere, release() {} }
}

function placeOf(to: Address): Place {
  if (to.family === 'unix') throw new SysError('EOPNOTSUPP')
  return { host: plainHost(to.host), port: to.port }
}
