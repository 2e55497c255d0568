import { POLLERR, POLLHUP, POLLOUT } from '../../posix/constants.js'
import type { Errno } from '../../posix/errno.js'
import type { Again, Input, Operation, Output } from '../network.js'
import { acceptedAt, type Counted, namedAddress } from './counted.js'
import type { Meter } from './meter.js'

/** Operations that are about no socket, or about one that is not there yet. */
const ofNoSocket = [
  'open',
  'pair',
  'pipe',
  'resolve',
  'resolveBack',
  'answer',
  'hostname',
  'interfaces',
  'wait',
] as const
type OfNoSocket = (typeof ofNoSocket)[number]
const socketless: ReadonlySet<Operation> = new Set(ofNoSocket)

export function isOfSocket(name: Operation): boolean {
  return !socketless.has(name)
}

type Answer<K extends Operation> = Exclude<Awaited<Output<K>>, Again>

/** What the outcome of an operation tells, beyond that it was asked. */
export interface Told<K extends Operation> {
  readonly answered?: K extends OfNoSocket
    ? (answer: Answer<K>, input: Input<K>) => void
    : (answer: Answer<K>, input: Input<K>, socket: Counted) => void
  readonly again?: (input: Input<K>, socket: Counted) => void
  readonly failed?: (errno: Errno, input: Input<K>, socket: Counted | undefined) => void
}

/** An operation that is not here is only counted. */
export function toldTo(meter: Meter): { readonly [K in Operation]?: Told<K> } {
  return {
    ...opening(meter),
    ...connecting(meter),
    ...lookingUp(meter),
    send: {
      answered(count, _, socket) {
        socket.bytesSent += count
        if (socket.type === 'dgram') socket.datagramsSent++
      },
    },
    receive: {
      answered(count, { into, peek }, socket) {
        if (!peek) socket.bytesReceived += count
        if (count === 0 && into.length > 0) socket.readEnded = true
      },
    },
    receiveFrom: {
      answered({ length }, { peek }, socket) {
        const isEnd = length === 0 && socket.readEnded
        if (peek || isEnd) return
        socket.bytesReceived += length
        socket.datagramsReceived++
      },
    },
    shutdown: {
      answered(_, { end }, socket) {
        if (end === 'read') socket.readEnded = true
        else socket.writeEnded = true
      },
    },
    localName: {
      answered(address, _, socket) {
        socket.local = namedAddress(address)
      },
    },
    peerName: {
      answered(address, _, socket) {
        socket.peer = namedAddress(address)
      },
    },
  }
}

function opening(meter: Meter): { readonly [K in Operation]?: Told<K> } {
  return {
    open: { answered: (handle, about) => void meter.open(handle, { origin: 'opened', state: 'fresh', ...about }) },
    pair: {
      answered(handles, { type }) {
        const about = { origin: 'pair', family: 'unix', type, state: 'connected' } as const
        for (const handle of handles) meter.open(handle, about)
      },
    },
    pipe: {
      answered(handles) {
        const about = { origin: 'pipe', family: undefined, type: 'pipe', state: 'connected' } as const
        for (const handle of handles) meter.open(handle, about)
      },
    },
    bind: {
      answered(_, { to }, socket) {
        socket.local = namedAddress(to)
        if (socket.state === 'fresh') socket.state = 'bound'
      },
    },
    listen: {
      answered(_, __, socket) {
        socket.state = 'listening'
      },
    },
    accept: {
      answered({ handle, peer }, _, { family, local }) {
        const socket = meter.open(handle, { origin: 'accepted', family, type: 'stream', state: 'connected' })
        socket.local = acceptedAt(local)
        socket.peer = namedAddress(peer)
        meter.connections.accepted++
      },
    },
    close: { answered: (_, __, socket) => meter.close(socket) },
  }
}

/** A connection may turn out to be made by being asked for again, by a wait, or by an error that is taken. */
function connecting(meter: Meter): { readonly [K in Operation]?: Told<K> } {
  const begin = ({ to }: Input<'connect'>, socket: Counted) => {
    if (socket.type === 'stream') meter.beginConnecting(socket, to)
  }
  return {
    connect: {
      answered(_, input, socket) {
        begin(input, socket)
        meter.connected(socket)
        if (socket.type === 'stream') return
        socket.peer = input.to
        socket.state = input.to === undefined ? 'bound' : 'connected'
      },
      again: begin,
      failed(errno, input, socket) {
        const wasTold = socket?.state === 'failed' && errno === 'ECONNABORTED'
        if (socket === undefined || wasTold) return
        begin(input, socket)
        meter.notConnected(socket, errno)
      },
    },
    wait: {
      answered(found) {
        if (!meter.isConnecting) return
        for (const { handle, events } of found) {
          const socket = (events & (POLLOUT | POLLERR | POLLHUP)) === POLLOUT ? meter.socketOf(handle) : undefined
          if (socket !== undefined) meter.connected(socket)
        }
      },
    },
    takeError: {
      answered(errno, _, socket) {
        if (errno === undefined) return
        meter.noteErrno(errno, socket)
        meter.notConnected(socket, errno)
      },
    },
  }
}

function lookingUp({ lookups }: Meter): { readonly [K in Operation]?: Told<K> } {
  const asked = {
    answered: () => void lookups.asked++,
    failed() {
      lookups.asked++
      lookups.failed++
    },
  }
  return {
    resolve: asked,
    resolveBack: asked,
    answer: {
      answered({ is }) {
        if (is === 'failed') lookups.failed++
      },
      failed() {
        lookups.failed++
      },
    },
  }
}
