import { shown } from '../embedder/shown.js'
import { list, type Take, text } from '../embedder/take.js'
import type { Address } from '../posix/address.js'
import { AI_NUMERICSERV, AI_PASSIVE } from '../posix/constants.js'
import { SysError, strerror } from '../posix/errno.js'
import { whole } from '../posix-sockets/blocking.js'
import { AddressInfoError } from '../posix-sockets/getaddrinfo.js'
import type { Sockets } from '../posix-sockets/sockets.js'
import { OptionError } from './errors.js'
import type { GuestOptions } from './options.js'

export type GivenSockets = Pick<GuestOptions, 'listen' | 'connect'>

/** A local socket's path, or a host and a port. */
type Endpoint = { readonly path: string } | { readonly host: string; readonly port: string }

/** The most connections that wait to be accepted: what SOMAXCONN has long been. */
const BACKLOG = 128

const addresses = (option: 'listen' | 'connect') =>
  list('addresses', (value, name) => {
    const address = text(value, name)
    endpointOf(option, address)
    return address
  })

export const takeListen: Take<readonly string[]> = addresses('listen')

export const takeConnect: Take<readonly string[]> = (value, name) => {
  const all = addresses('connect')(value, name)
  for (const each of all)
    if ('port' in endpointOf('connect', each) && /:0+$/.test(each))
      throw new OptionError(`connect: ${shown(each)} has no port; no peer can be reached at port 0`)
  return all
}

/** The environment that tells the guest of them, as systemd does: `LISTEN_FDS` is how many there are. */
export function givenEnv({ listen = [], connect = [] }: GivenSockets): { LISTEN_FDS?: string } {
  const count = listen.length + connect.length
  return count === 0 ? {} : { LISTEN_FDS: String(count) }
}

/**
 * Opens the sockets that a guest is started with, at its lowest free descriptors: those that listen, and then those that are connected.
 * Answers those that listen.
 */
export async function openGiven(sockets: Sockets, { listen = [], connect = [] }: GivenSockets): Promise<number[]> {
  const listeners: number[] = []
  for (const text of listen)
    await opened(sockets, `cannot listen at ${text}`, endpointOf('listen', text), async (fd, address) => {
      await sockets.carryOut(sockets.bind(fd, address))
      await sockets.carryOut(sockets.listen(fd, BACKLOG))
      listeners.push(fd)
    })
  for (const text of connect)
    await opened(sockets, `cannot connect to ${text}`, endpointOf('connect', text), async (fd, address) => {
      await sockets.carryOut(sockets.connect(fd, address))
    })
  return listeners
}

type Use = (fd: number, address: Address) => Promise<void>

/** Tries the addresses of an endpoint until one will do. */
async function opened(sockets: Sockets, what: string, to: Endpoint, use: Use): Promise<void> {
  let reason: unknown
  for (const address of await addressesOf(sockets, what, to)) {
    try {
      return await openOne(sockets, address, use)
    } catch (error) {
      reason = error
    }
  }
  throw failure(what, reason)
}

async function openOne(sockets: Sockets, address: Address, use: Use): Promise<void> {
  const fd = sockets.socket({ family: address.family, type: 'stream', nonBlocking: false })
  try {
    await use(fd, address)
  } catch (error) {
    await sockets.carryOut(whole(sockets.close(fd)))
    throw error
  }
}

async function addressesOf(sockets: Sockets, what: string, to: Endpoint): Promise<Address[]> {
  if ('path' in to) return [{ family: 'unix', path: to.path }]
  const request = { node: to.host, service: to.port, flags: AI_PASSIVE | AI_NUMERICSERV, family: undefined }
  try {
    const found = await sockets.carryOut(sockets.getaddrinfo({ ...request, type: 'stream' }))
    return found.map(({ address }) => address)
  } catch (error) {
    throw failure(what, error)
  }
}

/** What a person is told. Anything but a failure of the network is a bug, or the guest's time is up. */
function failure(what: string, reason: unknown): unknown {
  if (reason instanceof SysError)
    return new OptionError(`${what}: ${strerror(reason.errno)} (${reason.errno})`, { cause: reason })
  if (reason instanceof AddressInfoError)
    return new OptionError(`${what}: the host's name is not found (${reason.reason})`, { cause: reason })
  return reason
}

/** `1.2.3.4:80`, `name:80`, `[::1]:80`, `unix:/run/x`, and `unix:@name` for an abstract one. */
function endpointOf(option: 'listen' | 'connect', text: string): Endpoint {
  const local = /^unix:(@?)(.+)$/s.exec(text)
  if (local !== null) return { path: `${local[1] === '@' ? '\0' : ''}${local[2]}` }
  const found = /^(?:\[([^[\]]+)\]|([^:[\]]+)):(\d+)$/.exec(text)
  const [, bracketed, plain, port = ''] = found ?? []
  if (found === null || Number(port) > 65535 || (bracketed !== undefined && !bracketed.includes(':')))
    throw new OptionError(`${option} takes HOST:PORT, [IPV6]:PORT or unix:PATH, not ${shown(text)}`)
  return { host: bracketed ?? (plain as string), port }
}
