import { type Address, type Family, hostBytes, hostText, showAddress } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import type { Param } from '../call.js'
import { bytes, memoryOf, struct, u16, u32 } from '../layout.js'
import type { GuestMemory } from '../memory.js'
import type { Output } from '../outputs.js'

/*
 * A pointer to an address leads to          0        4
 *                                           | buffer | length |
 * and in the buffer are, by its length,
 *   4 bytes      IPv4, in network order
 *   16 bytes     IPv6, in network order
 *   128 bytes    0        2
 *                | family | 4 or 16 bytes as above, or a path that ends with a NUL … |
 * The port stands beside it, in host order.
 */
const reference = struct({ buffer: u32, length: u32 })
const storage = struct({ family: u16, rest: bytes(126) })
/** The most bytes of a path: `sun_path`'s. */
const MOST_PATH = 108

/** By their numbers. */
export const families = [undefined, 'inet', 'inet6', 'unix'] as const satisfies readonly (Family | undefined)[]

/** The shortest buffer that holds a family's addresses. */
const least = { inet: 4, inet6: 16, unix: storage.size } as const

/**
 * A pointer of the dialect's own calls, which is to be a multiple of what its type is aligned to. WasmEdge has let others pass, later
 * answered `EADDRNOTAVAIL`, and then trapped; a guest can handle the errno.
 */
export function aligned<T>(param: Param<T>, to = 4): Param<T> {
  return {
    ...param,
    decode(guest, args, at) {
      const value = param.decode(guest, args, at)
      checkAligned(args[at] ?? 0, to)
      return value
    },
  }
}

export function checkAligned(pointer: number, to: number): void {
  if ((pointer & (to - 1)) !== 0) throw new SysError('EADDRNOTAVAIL')
}

/** An address that is read, and its port. */
export const address: Param<Address> = aligned({
  names: ['address', 'port'],
  decode: ({ memory }, args, at) =>
    decodeAddress(referredTo(memory, args[at] ?? 0).bytes, (args[at + 1] ?? 0) & 0xffff),
  show: showAddress,
})

/** Place for an address, of one of these lengths: `EINVAL` for another one, `ENOMEM` where the socket's addresses have no room. */
export function addressOut(...lengths: readonly number[]): Param<Output<Address>> {
  return aligned({
    names: ['address'],
    decode({ memory, sockets }, args, at) {
      const { buffer, length } = referredTo(memory, args[at] ?? 0)
      if (!lengths.includes(length)) throw new SysError('EINVAL')
      if (length < least[sockets.socketOf(args[0] ?? -1).family]) throw new SysError('ENOMEM')
      const output = {
        isWanted: true,
        written: undefined as Address | undefined,
        write(found: Address) {
          output.written = found
          const encoded = length === storage.size ? encodeStorage(found) : encodeHost(found)
          memory.bytes(buffer, encoded.length).set(encoded)
        },
      }
      return output
    },
    show: ({ written }) => (written === undefined ? '?' : showAddress(written)),
  })
}

/** What is told beside an address. */
export function portOf(of: Address): number {
  return of.family === 'unix' ? 0 : of.port
}

function referredTo(memory: GuestMemory, pointer: number) {
  const { buffer, length } = reference.read(memory, pointer)
  return { buffer, length, bytes: memory.bytes(buffer, length) }
}

function decodeAddress(encoded: Uint8Array, port: number): Address {
  switch (encoded.length) {
    case least.inet:
      return { family: 'inet', host: hostText(encoded), port }
    case least.inet6:
      return { family: 'inet6', host: hostText(encoded), port, scope: 0 }
    case storage.size:
      return decodeStorage(encoded, port)
    default:
      throw new SysError('EINVAL')
  }
}

function decodeStorage(encoded: Uint8Array, port: number): Address {
  const { family: number, rest } = storage.read(memoryOf(encoded), 0)
  const family = families[number]
  if (family === undefined) throw new SysError('EINVAL')
  return family === 'unix' ? { family, path: pathOf(rest) } : decodeAddress(rest.subarray(0, least[family]), port)
}

function pathOf(text: Uint8Array): string {
  const end = text.indexOf(0)
  if (end < 0 || end > MOST_PATH) throw new SysError('EINVAL')
  return Buffer.from(text.subarray(0, end)).toString('utf8')
}

function encodeStorage(found: Address): Uint8Array {
  return Uint8Array.of(families.indexOf(found.family), 0, ...encodeHost(found))
}

function encodeHost(found: Address): Uint8Array {
  return found.family === 'unix' ? Buffer.from(`${found.path}\0`) : hostBytes(found.host)
}
