import { Socket } from 'node:net'
import { mostData, optionDefaults } from '../network/defaults.js'
import {
  AGAIN,
  type Again,
  confirmedOptions,
  type Input,
  type Operation,
  type Option,
  type OptionSetting,
  type Output,
  unnamed,
} from '../network/network.js'
import {
  advisoryOptions,
  type BufferSizes,
  ensureReadable,
  ensureSettable,
  isBufferSize,
} from '../network/without-system.js'
import { anyAddress } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import type { Bridge } from './bridge.js'
import { STATE_BROKEN, STATE_ENDED } from './channel.js'
import { nextDatagram, putDatagram } from './datagrams.js'
import type { SocketEndpoint } from './endpoints.js'
import { LocalEnd } from './local-pair.js'
import type { Command } from './messages.js'
import { isHeldByTls, startTls } from './tls-operations.js'

const keepAliveTimes: ReadonlySet<Option> = new Set(['keepInterval', 'keepCount'])

/** The operations of the waist, carried out over a bridge. */
export function bridgeOperations(bridge: Bridge): { [K in Operation]: (input: Input<K>) => Output<K> } {
  return {
    open({ family, type }) {
      const socket = bridge.addSocket(family, type)
      socket.link.post({ do: 'open', id: socket.id, place: socket.place, family, type })
      return socket.id
    },
    pair({ type }) {
      const [one, two] = bridge.addPair(type)
      return [one.id, two.id]
    },
    pipe() {
      const [reader, writer] = bridge.addPipe()
      return [reader.id, writer.id]
    },
    bind({ handle, to }) {
      const socket = bridge.socket(handle)
      if (socket.channel instanceof LocalEnd) throw new SysError('EINVAL') // no pump knows of it
      return ask(socket, { do: 'bind', id: handle, to })
    },
    listen({ handle, backlog }) {
      const socket = bridge.socket(handle)
      socket.phase = 'fresh'
      const answer = ask(socket, { do: 'listen', id: handle, backlog })
      socket.phase = 'listening'
      return answer
    },
    accept({ handle }) {
      const { waiting, link, options } = bridge.socket(handle)
      bridge.catchUp()
      const next = waiting[0]
      if (next === undefined) return AGAIN
      const accepted = bridge.adopt(next, link)
      Object.assign(accepted.options, options)
      waiting.shift()
      return { handle: accepted.id, peer: next.peer }
    },
    connect({ handle, to }) {
      const socket = bridge.socket(handle)
      if (socket.type === 'dgram') return connectDatagram(socket, to)
      bridge.catchUp()
      if (socket.phase === 'fresh') {
        socket.link.post({ do: 'connect', id: handle, to })
        socket.phase = 'connecting'
      }
      if (socket.phase === 'connecting') return AGAIN
      const { outcome } = socket
      socket.outcome = { is: 'none' }
      if (socket.phase === 'connected') return true
      socket.phase = 'fresh'
      throw new SysError(outcome.is === 'failed' ? outcome.errno : 'ECONNABORTED')
    },
    send({ handle, data, to, urgent }) {
      if (urgent) throw new SysError('EOPNOTSUPP')
      const socket = bridge.channelled(handle)
      if (socket.is === 'pipe') return socket.pipe.write(data)
      if (isHeldByTls(bridge, socket)) return AGAIN
      const error = socket.channel.takeError()
      if (error !== undefined) throw new SysError(error)
      return socket.type === 'dgram' ? sendDatagram(socket, data, to) : sendBytes(socket, data)
    },
    receive({ handle, into, peek, urgent }) {
      if (urgent) throw new SysError('EINVAL')
      const socket = bridge.channelled(handle)
      if (socket.is === 'pipe') return socket.pipe.read(into)
      if (isHeldByTls(bridge, socket)) return AGAIN
      const { channel } = socket
      const { state } = channel // before the ring: what came before the end is in it by then
      const count = peek ? channel.received.peek(into) : channel.received.read(into)
      if (count > 0) {
        if (!peek) tellOfRoom(socket)
        return count
      }
      if (into.length === 0 && channel.received.used > 0) return 0
      if ((state & STATE_ENDED) !== 0) return 0 // Linux: an error after the end is not for recv to tell
      const error = channel.takeError()
      if (error !== undefined) throw new SysError(error)
      return (state & STATE_BROKEN) !== 0 || socket.readShut ? 0 : AGAIN
    },
    receiveFrom({ handle, into, peek }) {
      const { channel, family } = bridge.socket(handle)
      const error = channel.takeError()
      if (error !== undefined) throw new SysError(error)
      const datagram = nextDatagram(channel.received)
      if (datagram === undefined) return AGAIN
      const { length, dataAt, total, address } = datagram
      channel.received.peek(into.subarray(0, Math.min(into.length, length)), dataAt)
      if (!peek) channel.received.consume(total)
      return { length, from: address ?? anyAddress(family) }
    },
    startTls({ handle, ...request }) {
      return startTls(bridge, bridge.socket(handle), request)
    },
    tlsState({ handle }) {
      const socket = bridge.socket(handle)
      bridge.catchUp()
      return socket.tls
    },
    shutdown({ handle, end }) {
      const socket = bridge.socket(handle)
      if (end === 'read') {
        socket.readShut = true
        if (socket.channel instanceof LocalEnd) socket.channel.endReceiving()
        return true
      }
      socket.writeShut = true
      socket.channel.end()
      if (socket.channel.markQueued()) socket.link.doorbell.queue(handle)
      return true
    },
    close({ handle, abort }) {
      const socket = bridge.channelled(handle)
      if (socket.is === 'pipe') {
        socket.pipe.close(socket.end)
        bridge.remove(socket)
        return true
      }
      if (socket.channel instanceof LocalEnd) socket.channel.close()
      else socket.link.post({ do: 'close', id: handle, abort })
      bridge.forget(socket)
      return true
    },
    available({ handle }) {
      const socket = bridge.channelled(handle)
      if (socket.is === 'pipe') return socket.pipe.used
      const { channel, type, tls } = socket
      if (tls.is === 'handshaking') return 0
      return type === 'dgram' ? (nextDatagram(channel.received)?.length ?? 0) : channel.received.used
    },
    localName: ({ handle }) => bridge.socket(handle).local,
    peerName: ({ handle }) => bridge.socket(handle).peer ?? unnamed,
    takeError({ handle }) {
      const socket = bridge.socket(handle)
      bridge.catchUp()
      const { outcome, tls } = socket
      if (tls.is === 'handshaking') return undefined
      if (socket.phase !== 'failed' || outcome.is !== 'failed') return socket.channel.takeError()
      socket.outcome = { is: 'none' }
      return outcome.errno
    },
    setOption({ handle, ...setting }) {
      const socket = bridge.socket(handle)
      ensureSettable(setting)
      ensureHasKeepAliveTimes(setting.option)
      if (isBufferSize(setting.option)) return true
      if (advisoryOptions.has(setting.option)) return keepOption(socket, setting)
      const answer = confirmedOptions.has(setting.option) ? ask(socket, { do: 'set', id: handle, setting }) : true
      if (answer === AGAIN) return AGAIN
      if (!confirmedOptions.has(setting.option)) socket.link.post({ do: 'set', id: handle, setting })
      return keepOption(socket, setting)
    },
    getOption({ handle, option }) {
      ensureReadable(option)
      ensureHasKeepAliveTimes(option)
      const socket = bridge.socket(handle)
      if (isBufferSize(option)) return bufferSizes(socket)[option]
      if (option === 'unsent') return socket.channel.sent.used
      const value = socket.options[option] ?? optionDefaults[option]
      if (value === undefined) throw new SysError('ENOPROTOOPT')
      return value
    },
    resolve({ host, family }) {
      const lookup = bridge.addLookup()
      lookup.link.post({ do: 'resolve', id: lookup.id, host, family })
      return lookup.id
    },
    resolveBack({ host }) {
      const lookup = bridge.addLookup()
      lookup.link.post({ do: 'resolveBack', id: lookup.id, host })
      return lookup.id
    },
    answer({ handle }) {
      const lookup = bridge.lookup(handle)
      if (lookup.resolution === undefined) return AGAIN
      bridge.remove(lookup)
      return lookup.resolution
    },
    hostname: () => bridge.options.hostname,
    interfaces: () => bridge.options.interfaces(),
    wait: ({ on, timeoutMs }) => bridge.wait(on, timeoutMs),
  }
}

function keepOption(socket: SocketEndpoint, { option, value }: OptionSetting): true {
  Object.assign(socket.options, { [option]: value })
  return true
}

/** The rings are the buffers. */
function bufferSizes({ channel }: SocketEndpoint): BufferSizes {
  return { sendBuffer: channel.sent.size, receiveBuffer: channel.received.size }
}

/** The interval and the count of keep-alive probes came to `setKeepAlive` after Node 20. */
function ensureHasKeepAliveTimes(option: Option): void {
  const takesTimes = Socket.prototype.setKeepAlive.length >= 4
  if (keepAliveTimes.has(option) && !takesTimes) throw new SysError('ENOPROTOOPT')
}

/** Asks the pump, once, and then answers what came of it. */
function ask(socket: SocketEndpoint, command: Command): true | Again {
  const { outcome } = socket
  if (outcome.is === 'asked') return AGAIN
  if (outcome.is === 'none') {
    socket.link.post(command)
    socket.outcome = { is: 'asked' }
    return AGAIN
  }
  socket.outcome = { is: 'none' }
  if (outcome.is === 'failed') throw new SysError(outcome.errno)
  return true
}

function connectDatagram(socket: SocketEndpoint, to: Input<'connect'>['to']): true | Again {
  if (socket.channel instanceof LocalEnd) return socket.channel.disconnect()
  const answer = ask(socket, { do: 'connect', id: socket.id, to })
  if (answer === true) socket.peer = to
  return answer
}

/** True where the peer receives no more, as only the other end of a pair can say. */
function isDeaf(channel: SocketEndpoint['channel']): boolean {
  return channel instanceof LocalEnd && channel.isDeaf
}

function sendBytes(socket: SocketEndpoint, data: Uint8Array): number | Again {
  const { channel } = socket
  // The pump tells an error before the state, so one that came after the last look is there by now.
  if ((channel.state & STATE_BROKEN) !== 0) throw new SysError(channel.takeError() ?? 'EPIPE')
  if (socket.writeShut || isDeaf(channel)) throw new SysError('EPIPE')
  const count = channel.sent.write(data)
  if (count < data.length) socket.isFull = true
  if (count === 0 && data.length > 0) return AGAIN
  tellOfData(socket)
  return count
}

function sendDatagram(socket: SocketEndpoint, data: Uint8Array, to: Input<'send'>['to']): number | Again {
  if (data.length > mostData[socket.family]) throw new SysError('EMSGSIZE')
  if (socket.channel instanceof LocalEnd) socket.channel.ensureOther()
  if (isDeaf(socket.channel)) throw new SysError('EPIPE')
  if (!putDatagram(socket.channel.sent, data, to)) return AGAIN
  tellOfData(socket)
  return data.length
}

function tellOfData({ channel, id, link }: SocketEndpoint): void {
  if (channel.sent.consumerStarved && channel.markQueued()) link.doorbell.queue(id)
}

function tellOfRoom({ channel, id, link }: SocketEndpoint): void {
  const { received } = channel
  if (received.producerStalled && received.free >= received.size / 2 && channel.markQueued()) link.doorbell.queue(id)
}
