import fs from 'node:fs'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import { guardFor } from '../network/guard.js'
import { unnamed } from '../network/network.js'
import type {
  BindTerms,
  BoundStream,
  Call,
  Names,
  StreamOption,
  StreamOptions,
  Transport,
} from '../network/transport.js'
import type { Address } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { type Binding, bind, bindsQuietly, type DialOptions } from './binding.js'
import { addressFromNode, errnoFromNode, hostForNode, lookupNumeric } from './from-node.js'
import { reset } from './reset.js'

/** An address that is bound and does not listen, and whether with SO_REUSEADDR. */
interface BoundAddress {
  readonly local: Address
  readonly reuse: boolean
}

/** Stream sockets of Node's, for one pump. */
export class NodeStreams {
  readonly #bound = new Set<BoundAddress>()

  /** libuv sets SO_REUSEADDR on every socket, so that the system does not object to what is bound here and does not listen. */
  bind({ to, v6Only, reuse }: BindTerms, done: Parameters<Transport['bind']>[1]): void {
    const isTaken = (other: BoundAddress) => !(reuse && other.reuse) && to.family !== 'unix' && reaches(to, other.local)
    if ([...this.#bound].some(isTaken)) throw new SysError('EADDRINUSE')
    bind({ to, v6Only }, (binding) => done.bound(this.#boundStream(binding, reuse)), done.failed)
  }

  dial(to: Address, call: Call): () => void {
    this.#ensureListening(to)
    return connected(to, {}, call)
  }

  /** Node 20 takes the first two times; what the guest may set is decided where it asks. */
  set(stream: Duplex, option: StreamOption, options: StreamOptions): void {
    if (!(stream instanceof net.Socket)) return
    const { noDelay, keepAlive, keepIdle, keepInterval, keepCount } = options
    if (option === 'noDelay') return void stream.setNoDelay(noDelay)
    const setKeepAlive: (...args: unknown[]) => void = stream.setKeepAlive.bind(stream) as never
    setKeepAlive(keepAlive, keepIdle * 1000, keepInterval * 1000, keepCount)
  }

  #boundStream(binding: Binding, reuse: boolean): BoundStream {
    const { local } = binding
    const bound = { local, reuse }
    this.#bound.add(bound)
    return {
      local,
      listen: ({ hasRoom, welcome }) => {
        this.#bound.delete(bound)
        binding.listen((socket) => {
          if (!hasRoom()) return reset(socket)
          welcome(socket, namesOf(socket, local))
        })
      },
      dial: (to, call) => {
        this.#ensureListening(to)
        this.#bound.delete(bound)
        let hangUp = () => {}
        let isOver = false
        const ready = guardFor((error) => call.failed(errnoFromNode(error)))((options: DialOptions) => {
          const name = local.family === 'unix' ? { name: local } : {}
          if (!isOver) hangUp = connected(to, { ...options, ...name }, call)
        })
        binding.dialFrom(ready)
        return () => {
          isOver = true
          hangUp()
        }
      },
      close: (closed) => {
        this.#bound.delete(bound)
        binding.close(closed)
      },
    }
  }

  /** What is bound quietly takes connections before its guest listens: who calls it from here is refused. */
  #ensureListening(to: Address): void {
    if (bindsQuietly(to.family) && [...this.#bound].some(({ local }) => reaches(to, local)))
      throw new SysError('ECONNREFUSED')
  }
}

/** Connects; answers how to call that off. */
function connected(to: Address, { construct, connect, name, closed }: DialOptions, call: Call): () => void {
  const socket = new net.Socket({ allowHalfOpen: true, onread: call.into, ...construct } as net.SocketConstructorOpts)
  if (closed !== undefined) socket.once('close', closed)
  let isSettled = false
  const settle = (how: () => void) => {
    if (!isSettled) how()
    isSettled = true
  }
  const refused = guardFor(() => {})((error: unknown) => settle(() => call.failed(errnoFromNode(error))))
  const broken = (error: unknown) => {
    socket.destroy()
    refused(error)
  }
  const made = guardFor(broken)(() => {
    const names = to.family === 'unix' ? { local: name ?? unnamed, peer: to } : namesOf(socket, to)
    settle(() => call.connected(socket, { names, readsInto: true }))
  })
  socket.on('error', refused).once('connect', made)
  socket.connect(connectOptions(to, connect))
  return () => {
    isSettled = true
    socket.destroy()
  }
}

/** `known` is an address of the connection's own family: of a local socket, its listener's. Who calls one has no name here. */
function namesOf(socket: net.Socket, known: Address): Names {
  const { localAddress, localPort, remoteAddress, remotePort } = socket
  if (known.family === 'unix') return { local: known, peer: unnamed }
  if (localAddress === undefined) return { local: unnamed, peer: unnamed }
  return {
    local: addressFromNode(localAddress, localPort ?? 0),
    peer: addressFromNode(remoteAddress ?? localAddress, remotePort ?? 0),
  }
}

function connectOptions(to: Address, from: DialOptions['connect']): net.SocketConnectOpts {
  if (to.family === 'unix') return { path: to.path }
  const lookup = lookupNumeric as net.LookupFunction
  return { ...from, host: hostForNode(to), port: to.port, autoSelectFamily: false, lookup }
}

/** True when connecting to `to` leads to what is bound at `address`. */
function reaches(to: Address, address: Address): boolean {
  if (to.family === 'unix' || address.family === 'unix')
    return to.family === 'unix' && address.family === 'unix' && isSameFile(to.path, address.path)
  return to.port === address.port && (isWildcard(address.host) || isWildcard(to.host) || to.host === address.host)
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::'
}

/** One file may have many paths. An abstract name has no file. */
function isSameFile(one: string, other: string): boolean {
  if (one === other || one.startsWith('\0') || other.startsWith('\0')) return one === other
  const [mine, theirs] = [one, other].map((path) => fs.statSync(path, { throwIfNoEntry: false }))
  return mine !== undefined && mine.dev === theirs?.dev && mine.ino === theirs.ino
}
