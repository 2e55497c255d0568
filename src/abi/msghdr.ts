import type { Address } from '../posix/address.js'
import { MSG_TRUNC } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { type MaybeBlocking, onceDone } from '../posix-sockets/blocking.js'
import type { Guest } from './guest.js'
import { gather, gatheringPlace, readIovecs, scatter } from './iovec.js'
import { i32, struct, u32 } from './layout.js'
import { theirs } from './numbering.js'
import { readSockaddr, writeSockaddr } from './sockaddr.js'

const msghdr = struct({
  name: u32,
  nameLength: u32,
  iov: u32,
  iovLength: i32,
  control: u32,
  controlLength: u32,
  flags: i32,
})

/** `struct iovec`s of C's, in which a null pointer is none. */
const ofC = { tooMany: 'EMSGSIZE', refusesNull: true } as const

/** sendmsg(2). Control messages are refused: there are none that a guest could send. */
export function sendmsg(guest: Guest, fd: number, pointer: number, flags: number): MaybeBlocking<number> {
  const { memory, sockets } = guest
  const message = msghdr.read(memory, pointer)
  const buffers = readIovecs(memory, message.iov, message.iovLength, ofC)
  if (message.controlLength !== 0) throw new SysError('EOPNOTSUPP')
  const to = message.name === 0 ? undefined : readName(guest, fd, message)
  return sockets.send(fd, gather(buffers), flags, to)
}

/** recvmsg(2). */
export function recvmsg(guest: Guest, fd: number, pointer: number, flags: number): MaybeBlocking<number> {
  const { memory, numbering, sockets } = guest
  const message = msghdr.read(memory, pointer)
  const buffers = readIovecs(memory, message.iov, message.iovLength, ofC)
  if (message.name !== 0) memory.check(message.name, Math.min(message.nameLength, 128))
  const place = gatheringPlace(buffers)
  return onceDone(sockets.receive(fd, place, flags), ({ length, from, truncated }) => {
    scatter(place, length, buffers)
    const sender = from ?? (message.name !== 0 && length > 0 ? sockets.senderOf(fd) : undefined)
    const nameLength = message.name === 0 ? message.nameLength : writeName(guest, message, sender)
    const ourFlags = theirs(numbering.messageFlags, truncated ? MSG_TRUNC : 0)
    msghdr.write(memory, pointer, { ...message, nameLength, controlLength: 0, flags: ourFlags })
    return length
  })
}

function readName(
  guest: Guest,
  fd: number,
  { name, nameLength }: { name: number; nameLength: number },
): Address | undefined {
  return readSockaddr(guest, guest.sockets.socketOf(fd), { pointer: name, length: nameLength | 0 })
}

function writeName(
  { memory, numbering }: Guest,
  message: { name: number; nameLength: number },
  from: Address | undefined,
): number {
  if (from === undefined) return 0
  return writeSockaddr(memory, numbering, from, { pointer: message.name, room: message.nameLength })
}
