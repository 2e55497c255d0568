import { type Address, showAddress } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { quoted } from '../posix/printable.js'
import type { Param } from './call.js'
import type { Guest } from './guest.js'
import { readAt, u32, writeAt } from './layout.js'
import { ours } from './numbering.js'
import { readSockaddr, writeSockaddr } from './sockaddr.js'

/** The most bytes that one call moves: Linux's MAX_RW_COUNT. */
const MOST_BYTES = 0x7ffff000
/** How much of the data a trace shows. */
const SHOWN_BYTES = 32

/** A plain number. */
export function i32(name: string): Param<number> {
  return { names: [name], decode: (_, args, at) => args[at] ?? 0, show: String }
}

/** A number of 64 bits, which JavaScript is handed as a bigint. */
export function i64(name: string): Param<bigint> {
  return { names: [name], type: 'i64', decode: (_, args, at) => BigInt(args[at] ?? 0), show: String }
}

/** A pointer that the call looks at by itself. */
export function pointer(name: string): Param<number> {
  return {
    names: [name],
    decode: (_, args, at) => (args[at] ?? 0) >>> 0,
    show: (value) => (value === 0 ? 'NULL' : `0x${value.toString(16)}`),
  }
}

/** A text of the guest's, read when the call wants it: what is wrong with it is then for the call to tell. */
export interface TextAt {
  readonly isNull: boolean
  /** Throws as `GuestMemory.text` does. */
  read(): string
}

/** A pointer to a NUL-terminated text of at most `most` bytes. */
export function textAt(name: string, most: number): Param<TextAt> {
  return {
    names: [name],
    decode({ memory }, args, at) {
      const start = args[at] ?? 0
      return { isNull: start === 0, read: () => memory.text(start, most) }
    },
    show(value) {
      if (value.isNull) return 'NULL'
      try {
        return quoted(value.read())
      } catch {
        return '?'
      }
    },
  }
}

/** A descriptor of anything; whether it is open is for the call to say. */
export const fd: Param<number> = i32('fd')

/** A descriptor of a socket: `EBADF` and `ENOTSOCK` come before anything that is wrong with the other arguments. */
export const sock: Param<number> = {
  ...fd,
  decode(guest, args, at) {
    const number = args[at] ?? -1
    guest.sockets.socketOf(number)
    return number
  },
}

/** Message flags, as ours. */
export const flags: Param<number> = {
  names: ['flags'],
  decode: (guest, args, at) => ours(guest.numbering.messageFlags, args[at] ?? 0),
  show: (value) => (value === 0 ? '0' : `0x${value.toString(16)}`),
}

/** An address that is read, for the socket that is the first argument; undefined for AF_UNSPEC. */
export const address: Param<Address | undefined> = {
  names: ['addr', 'addrlen'],
  decode: (guest, args, at) =>
    readSockaddr(guest, guest.sockets.socketOf(args[0] ?? -1), { pointer: args[at] ?? 0, length: args[at + 1] ?? 0 }),
  show: (value) => (value === undefined ? 'AF_UNSPEC' : showAddress(value)),
}

/** The same, where a null pointer says that there is none. */
export const optionalAddress: Param<Address | undefined> = {
  ...address,
  decode: (guest, args, at) => (args[at] === 0 ? undefined : address.decode(guest, args, at)),
  show: (value) => (value === undefined ? 'NULL' : showAddress(value)),
}

/** Where an address is to be written; nowhere when the pointer is null. */
export interface AddressOut {
  /** Undefined is written as a length of 0. */
  write(address: Address | undefined): void
  /** False where the guest has no place for it. */
  readonly isWanted: boolean
  readonly written: Address | undefined
}

/** Place for an address that the call answers. It is checked first, so that a bad pointer loses no connection and no datagram. */
export const addressOut: Param<AddressOut> = {
  names: ['addr', 'addrlen'],
  decode: (guest, args, at) => addressPlace(guest, args[at] ?? 0, args[at + 1] ?? 0),
  show: ({ written }) => (written === undefined ? 'NULL' : showAddress(written)),
}

/** The same, where null pointers are an error, as for getsockname. */
export const neededAddressOut: Param<AddressOut> = {
  ...addressOut,
  decode(guest, args, at) {
    if (args[at] === 0) throw new SysError('EFAULT')
    return addressOut.decode(guest, args, at)
  },
}

/** The same parameter of C's, where a null pointer is `EFAULT` unless the length that follows it is 0. */
export function notNull<T>(param: Param<T>): Param<T> {
  return {
    ...param,
    decode(guest, args, at) {
      if (args[at] === 0 && args[at + 1] !== 0) throw new SysError('EFAULT')
      return param.decode(guest, args, at)
    },
  }
}

/** A pointer of C's that the call looks at by itself, and that must not be null. */
export function notNullPointer(name: string): Param<number> {
  return {
    ...pointer(name),
    decode(_, args, at) {
      if (args[at] === 0) throw new SysError('EFAULT')
      return (args[at] ?? 0) >>> 0
    },
  }
}

/** Bytes that the call reads. */
export const bytesIn: Param<Uint8Array> = {
  names: ['buf', 'len'],
  decode: (guest, args, at) => capped(guest, args, at),
  show: (value) => `${quote(value)}, ${value.length}`,
}

/** Bytes that the call fills. */
export const bytesOut: Param<Uint8Array> = {
  ...bytesIn,
  show: (value, outcome) => {
    const filled = 'result' in outcome ? Math.min(outcome.result, value.length) : 0
    return `${quote(value.subarray(0, filled))}, ${value.length}`
  },
}

function capped({ memory }: Guest, args: readonly number[], at: number): Uint8Array {
  const view = memory.bytes(args[at] ?? 0, args[at + 1] ?? 0)
  return view.length > MOST_BYTES ? view.subarray(0, MOST_BYTES) : view
}

function addressPlace({ memory, numbering }: Guest, to: number, lengthAt: number): AddressOut {
  const place = { isWanted: to !== 0, written: undefined as Address | undefined, write: (_: Address | undefined) => {} }
  if (to === 0) return place
  if (lengthAt === 0) throw new SysError('EFAULT')
  const room = readAt(memory, u32, lengthAt)
  if (room > 0x7fffffff) throw new SysError('EINVAL')
  memory.check(to, Math.min(room, 128))
  place.write = (found) => {
    place.written = found
    const length = found === undefined ? 0 : writeSockaddr(memory, numbering, found, { pointer: to, room })
    writeAt(memory, u32, lengthAt, length)
  }
  return place
}

/** The first bytes of data, as a trace shows them. */
export function quote(data: Uint8Array): string {
  const start = Buffer.from(data.subarray(0, SHOWN_BYTES)).toString('latin1')
  return `${JSON.stringify(start).replace(/[\u007f-\u00ff]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`)}${data.length > SHOWN_BYTES ? '…' : ''}`
}
