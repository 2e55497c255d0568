import type { Address } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import { optionDefaults } from '../defaults.js'
import { AGAIN, type Again, type Input, type Operation, type Output, type TlsRequest, unnamed } from '../network.js'
import { type BufferSizes, ensureReadable, ensureSettable, isBufferSize } from '../without-system.js'
import { IN_BYTES, OUT_BYTES } from './buffer-sizes.js'
import { type DatagramEnd, LocalDatagramEnd } from './datagram-end.js'
import { DatagramSocket } from './datagram-socket.js'
import type { Endpoint, VirtualDriver } from './driver.js'
import { interfacesOf } from './interfaces.js'
import { LocalEnd } from './local-pair.js'
import { Lookup, lookUp, lookUpBack } from './names.js'
import { PipeEnd } from './pipe.js'
import { StreamSocket } from './stream-socket.js'

const bufferSizes: BufferSizes = { sendBuffer: OUT_BYTES, receiveBuffer: IN_BYTES }

/** The operations of the waist on one host of a network in memory. */
export function virtualOperations(driver: VirtualDriver): { [K in Operation]: (input: Input<K>) => Output<K> } {
  const { host } = driver
  const socket = (handle: number) => asSocket(driver.get(handle))
  const stream = (handle: number) => asStream(driver.get(handle))
  const dgram = (handle: number) => asDatagram(driver.get(handle))
  return {
    open({ family, type }) {
      if (type === 'stream') return driver.add(new StreamSocket(host, family))
      if (family === 'unix') throw new SysError('EPROTONOSUPPORT')
      return driver.add(new DatagramSocket(host, family))
    },
    pair({ type }) {
      const [one, two] = type === 'dgram' ? LocalDatagramEnd.pair() : LocalEnd.pair().map((end) => paired(driver, end))
      return [driver.add(one as Endpoint), driver.add(two as Endpoint)]
    },
    pipe() {
      const [reader, writer] = PipeEnd.pair()
      return [driver.add(reader), driver.add(writer)]
    },
    bind({ handle, to }) {
      socket(handle).bind(to)
      return true
    },
    listen({ handle, backlog }) {
      stream(handle).listen(backlog)
      return true
    },
    accept({ handle }) {
      const accepted = stream(handle).accept()
      return accepted === undefined ? AGAIN : { handle: driver.add(accepted), peer: accepted.peer ?? unnamed }
    },
    connect({ handle, to }) {
      const found = socket(handle)
      if (found.is === 'stream') return to !== undefined && found.connect(to) ? true : AGAIN
      found.connect(to)
      return true
    },
    send({ handle, data, to, urgent }) {
      if (urgent) throw new SysError('EOPNOTSUPP')
      const endpoint = driver.get(handle)
      if (endpoint.is === 'pipe') return endpoint.write(data)
      if (endpoint.is === 'dgram') return endpoint.send(data, to) ? data.length : AGAIN
      return someOf(asStream(endpoint).end.write(data), data)
    },
    receive({ handle, into, peek, urgent }) {
      if (urgent) throw new SysError('EINVAL')
      const endpoint = driver.get(handle)
      const count = endpoint.is === 'pipe' ? endpoint.read(into) : asStream(endpoint).end.read(into, peek)
      return count ?? AGAIN
    },
    receiveFrom: ({ handle, into, peek }) => dgram(handle).receive(into, peek) ?? AGAIN,
    startTls({ handle, ...request }) {
      throw refusalOfTls(socket(handle), request)
    },
    tlsState({ handle }) {
      socket(handle)
      return { is: 'none' }
    },
    shutdown({ handle, end }) {
      const found = socket(handle)
      if (found.is === 'dgram') found.shutdown(end)
      else if (end === 'read') found.end.endReading()
      else found.end.endWriting()
      return true
    },
    close({ handle, abort }) {
      driver.remove(handle, abort)
      return true
    },
    available({ handle }) {
      const endpoint = driver.get(handle)
      if (endpoint.is !== 'stream') return asSendable(endpoint).available
      return endpoint.isConnected ? endpoint.end.available : 0
    },
    localName: ({ handle }) => socket(handle).local,
    peerName: ({ handle }): Address => socket(handle).peer ?? unnamed,
    takeError: ({ handle }) => socket(handle).takeError(),
    setOption({ handle, ...setting }) {
      const found = socket(handle)
      ensureSettable(setting)
      if (isBufferSize(setting.option)) return true
      if (found instanceof DatagramSocket) found.set(setting)
      else Object.assign(found.options, { [setting.option]: setting.value })
      return true
    },
    getOption({ handle, option }) {
      ensureReadable(option)
      if (isBufferSize(option)) return bufferSizes[option]
      const value = socket(handle).options[option] ?? optionDefaults[option]
      if (value === undefined) throw new SysError('ENOPROTOOPT')
      return value
    },
    resolve: ({ host: name, family }) => driver.add(new Lookup(lookUp(host, name, family))),
    resolveBack: ({ host: address }) => driver.add(new Lookup(lookUpBack(host, address))),
    answer({ handle }) {
      const endpoint = driver.get(handle)
      if (endpoint.is !== 'lookup') throw new SysError('EBADF')
      driver.remove(handle, false)
      return endpoint.resolution
    },
    hostname: () => host.name,
    interfaces: () => interfacesOf(host),
    wait: ({ on, timeoutMs }) => driver.wait(on, timeoutMs),
  }
}

function paired(driver: VirtualDriver, end: LocalEnd): StreamSocket {
  return StreamSocket.over(driver.host, 'unix', { end, local: unnamed, peer: unnamed })
}

function someOf(count: number, data: Uint8Array): number | Again {
  return count === 0 && data.length > 0 ? AGAIN : count
}

function asSocket(endpoint: Endpoint): StreamSocket | DatagramEnd {
  if (endpoint.is === 'stream' || endpoint.is === 'dgram') return endpoint
  throw new SysError('EBADF')
}

function asStream(endpoint: Endpoint): StreamSocket {
  if (endpoint.is === 'stream') return endpoint
  throw new SysError(endpoint.is === 'dgram' ? 'EOPNOTSUPP' : 'EBADF')
}

function asDatagram(endpoint: Endpoint): DatagramEnd {
  if (endpoint.is === 'dgram') return endpoint
  throw new SysError(endpoint.is === 'stream' ? 'EOPNOTSUPP' : 'EBADF')
}

function asSendable(endpoint: Endpoint): DatagramEnd | PipeEnd {
  if (endpoint.is === 'dgram' || endpoint.is === 'pipe') return endpoint
  throw new SysError('EBADF')
}

/** There is no TLS in memory; who could not have it anyway is told why. */
function refusalOfTls(socket: StreamSocket | DatagramEnd, { role, verifies }: TlsRequest): SysError {
  if (socket.is === 'dgram' || socket.family === 'unix') return new SysError('EOPNOTSUPP')
  if (!socket.isConnected) return new SysError('ENOTCONN')
  return new SysError(role === 'client' && !verifies ? 'EPERM' : 'EOPNOTSUPP')
}
