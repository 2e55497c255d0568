import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { guardFor } from '../network/guard.js'
import type { Address, Family, UnixAddress } from '../posix/address.js'
import type { Errno } from '../posix/errno.js'
import { errnoFromNode, hostForNode, ownAddressFromNode } from './from-node.js'
import { heldHere } from './proc-fd.js'
import { reset } from './reset.js'

/** What the system queues for a server, Linux's own limit, `somaxconn`. */
const SYSTEM_BACKLOG = 4096

export interface BindRequest {
  readonly to: Address
  readonly v6Only: boolean
}

/** A stream socket that has its address, and may become a server or a client. */
export interface Binding {
  readonly local: Address
  /** Calls `welcome` for each connection from now on. */
  listen(welcome: (socket: net.Socket) => void): void
  /** What `net.Socket` and `connect` are to be given for the connection to come from this address; `ready` is called then. */
  dialFrom(ready: (options: DialOptions) => void): void
  close(closed: () => void): void
}

/** For the constructor of a socket and for its connect. */
export interface DialOptions {
  readonly construct?: object
  readonly connect?: { localAddress: string; localPort: number }
  /** The path that it is bound to, of which Node does not tell. */
  readonly name?: UnixAddress
  /** To be called when that socket is closed. */
  readonly closed?: () => void
}

/** Binds. Where Node has `net.BoundSocket`, as POSIX means it; elsewhere by listening at once, quietly. */
export function bind(request: BindRequest, bound: (binding: Binding) => void, failed: (errno: Errno) => void): void {
  const refused = guardFor(() => failed('EIO'))((error: unknown) => failed(bindErrno(error, request.to)))
  try {
    holdingFolder(request, bound, refused)
  } catch (error) {
    refused(error)
  }
}

type Bound = (binding: Binding) => void

/** A folder that is named by a descriptor stays open as long as the socket has its file there: libuv unlinks that by its name. */
function holdingFolder(request: BindRequest, bound: Bound, refused: (error: unknown) => void): void {
  const { to } = request
  if (to.family !== 'unix') return bindAs(request, bound, refused)
  const { path, release } = heldHere(to.path)
  const failed = (error: unknown) => {
    release()
    refused(error)
  }
  try {
    bindAs({ ...request, to: { ...to, path } }, (binding) => bound(releasing(binding, to, release)), failed)
  } catch (error) {
    failed(error)
  }
}

function releasing(binding: Binding, local: Address, release: () => void): Binding {
  return {
    local,
    listen: (welcome) => binding.listen(welcome),
    dialFrom: (ready) => binding.dialFrom((options) => ready({ ...options, closed: release })),
    close: (closed) =>
      binding.close(() => {
        release()
        closed()
      }),
  }
}

function bindAs(request: BindRequest, bound: Bound, failed: (error: unknown) => void): void {
  if (bindsQuietly(request.to.family)) bindQuietly(request, bound, failed)
  else bound(bindProperly(request))
}

/** `net.BoundSocket` of Node 26. */
interface BoundSocketClass {
  new (options: object): { address(): net.AddressInfo | string; close(): void }
  readonly prototype: object
}

function bindProperly({ to, v6Only }: BindRequest): Binding {
  const BoundSocket = boundSocketClass() as BoundSocketClass
  const isPath = to.family === 'unix'
  const bound = new BoundSocket(isPath ? { path: to.path } : { host: hostForNode(to), port: to.port, ipv6Only: v6Only })
  const local = isPath ? to : ownAddressFromNode(bound.address() as net.AddressInfo)
  let server: net.Server | undefined
  return {
    local,
    listen(welcome) {
      server = newServer(welcome)
      server.listen(bound, SYSTEM_BACKLOG)
    },
    dialFrom: (ready) => ready({ construct: { handle: bound } }),
    close(closed) {
      keepingFile(local, () => (server === undefined ? bound.close() : server.close()))
      closed()
    },
  }
}

/** Listening before the guest has said so: until then every connection is reset at once. */
function bindQuietly(
  { to, v6Only }: BindRequest,
  bound: (binding: Binding) => void,
  failed: (error: unknown) => void,
): void {
  let welcome: (socket: net.Socket) => void = (socket) => reset(socket)
  const server = newServer((socket) => welcome(socket))
  const where = to.family === 'unix' ? { path: to.path } : { host: hostForNode(to), port: to.port, ipv6Only: v6Only }
  server.once('error', failed)
  const listening = guardFor(failed)(() => {
    server.off('error', failed)
    const local = ownAddressFromNode(server.address())
    const close = (closed: () => void) => {
      keepingFile(local, () => void server.close()) // its descriptor is closed now; its connections live on
      closed()
    }
    bound({
      local,
      listen(given) {
        welcome = given
      },
      dialFrom(ready) {
        close(() =>
          ready(
            local.family === 'unix' ? {} : { connect: { localAddress: hostForNode(local), localPort: local.port } },
          ),
        )
      },
      close,
    })
  })
  server.listen({ ...where, backlog: SYSTEM_BACKLOG, exclusive: true }, listening)
}

/** True where a bound address takes connections although nobody listens yet, so that the pump refuses its own guest's. */
export function bindsQuietly(family: Family): boolean {
  const BoundSocket = boundSocketClass()
  return BoundSocket === undefined || (family === 'unix' && !('isPipe' in BoundSocket.prototype))
}

/** Since Node 24 and 26; for paths a little later. */
function boundSocketClass(): BoundSocketClass | undefined {
  return (net as unknown as { BoundSocket?: BoundSocketClass }).BoundSocket
}

function newServer(welcome: (socket: net.Socket) => void): net.Server {
  const guarded = (socket: net.Socket) => {
    socket.on('error', () => {}) // of a caller that is turned away
    guardFor(() => reset(socket))(() => welcome(socket))()
  }
  const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, guarded)
  server.on('error', () => {}) // accepting failed for want of descriptors: the connection stays with the system
  return server
}

/** libuv says EACCES where a local socket's folder does not exist, or one is named; bind(2) says ENOENT. */
function bindErrno(error: unknown, to: Address): Errno {
  const errno = errnoFromNode(error)
  if (errno !== 'EACCES' || to.family !== 'unix') return errno
  return to.path.endsWith('/') || !fs.existsSync(path.dirname(to.path)) ? 'ENOENT' : errno
}

/** A local socket's file stays when it is closed, as unlink(2) is the program's to call. Node would remove it, so it steps aside. */
function keepingFile(local: Address, close: () => void): void {
  const file = local.family === 'unix' && !local.path.startsWith('\0') ? local.path : undefined
  const aside = file === undefined ? '' : unusedName(file)
  const moved = file !== undefined && renamed(file, aside)
  close()
  if (moved) backFrom(aside, file)
}

/** Not over a file that somebody has made in between. */
function backFrom(aside: string, file: string): void {
  try {
    fs.linkSync(aside, file)
  } catch {}
  fs.rmSync(aside, { force: true })
}

function unusedName(file: string): string {
  for (let number = 0; ; number++) {
    const name = `${file}.${process.pid}.${number}`
    if (!fs.existsSync(name)) return name
  }
}

function renamed(from: string, to: string): boolean {
  try {
    fs.renameSync(from, to)
    return true
  } catch {
    return false // the program has removed the file itself
  }
}
