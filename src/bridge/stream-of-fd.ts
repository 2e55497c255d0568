import net from 'node:net'
import type { Duplex } from 'node:stream'
import { OpenFds } from './open-fds.js'

/** The stream of a connection that the guest has made by itself, and whose descriptor is now the stream's. */
export function streamOfFd(fd: number, openFds: SharedArrayBuffer): Duplex {
  const stream = new net.Socket({ fd, allowHalfOpen: true, readable: true, writable: true })
  new OpenFds(openFds).remove(fd) // it is the stream that closes it
  return stream
}
