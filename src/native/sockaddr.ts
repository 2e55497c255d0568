import { type Address, type Family, hostBytes, hostText } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { AF_INET, AF_INET6, AF_UNIX } from './platform.js'

/*
 *            0       2       4        8              24      28
 * inet       |family | port  | addr   | zero         |
 * inet6      |family | port  | flow   | addr         | scope |
 * unix       |family | path and NUL, or NUL and an abstract name …
 *
 * The port and the addresses are in network order, the rest in the machine's, which is little-endian wherever this runs.
 */
const INET_BYTES = 16
const INET6_BYTES = 28
const PATH_AT = 2
const PATH_BYTES = 108

const numbers: Record<Family, number> = { inet: AF_INET, inet6: AF_INET6, unix: AF_UNIX }

export function numberOfFamily(family: Family): number {
  return numbers[family]
}

/** A `sockaddr_storage` and its length, to be used for one call after the other. */
export class SocketAddress {
  readonly bytes: Buffer = Buffer.from(new ArrayBuffer(128))
  /** What the system says about how much of it is filled. */
  readonly length = new Uint32Array(1)
  #lastNumber = 0
  #lastHost = '0.0.0.0'

  /** Makes room for an address that the system fills in. */
  clear(): this {
    this.length[0] = this.bytes.length
    return this
  }

  /** Puts an address there; answers its length. `EINVAL` for a path that is too long. */
  put(address: Address): number {
    const { bytes } = this
    bytes.fill(0, 0, INET6_BYTES)
    bytes.writeUInt16LE(numbers[address.family])
    if (address.family === 'unix') return this.#putPath(address.path)
    bytes.writeUInt16BE(address.port, 2)
    if (address.family === 'inet') {
      putInet(bytes, address.host)
      return INET_BYTES
    }
    bytes.set(hostBytes(address.host), 8)
    bytes.writeUInt32LE(address.scope, 24)
    return INET6_BYTES
  }

  /** AF_UNSPEC; answers its length. */
  putNone(): number {
    this.bytes.fill(0, 0, INET_BYTES)
    return INET_BYTES
  }

  /** The address that the system has put there. */
  read(): Address {
    const { bytes } = this
    const length = this.length[0] as number
    const family = length < PATH_AT ? AF_UNIX : bytes.readUInt16LE()
    if (family === AF_INET) {
      return { family: 'inet', host: this.#inetHost(), port: bytes.readUInt16BE(2) }
    }
    if (family !== AF_INET6) return { family: 'unix', path: this.#path(length) }
    const host = hostText(bytes.subarray(8, 24))
    return { family: 'inet6', host, port: bytes.readUInt16BE(2), scope: bytes.readUInt32LE(24) }
  }

  /** Very often it is the same as the last time. */
  #inetHost(): string {
    const { bytes } = this
    const number = bytes.readUInt32BE(4)
    if (number !== this.#lastNumber) {
      this.#lastNumber = number
      this.#lastHost = `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`
    }
    return this.#lastHost
  }

  #putPath(path: string): number {
    const text = Buffer.from(path)
    if (text.length > PATH_BYTES) throw new SysError('EINVAL')
    this.bytes.set(text, PATH_AT)
    const isNamed = text.length > 0 && text[0] !== 0
    if (!isNamed || text.length === PATH_BYTES) return PATH_AT + text.length
    this.bytes[PATH_AT + text.length] = 0
    return PATH_AT + text.length + 1
  }

  /** unix(7): a path ends at its NUL, an abstract name where the length says. */
  #path(length: number): string {
    const bytes = this.bytes.subarray(PATH_AT, Math.max(PATH_AT, Math.min(length, PATH_AT + PATH_BYTES)))
    const end = bytes[0] === 0 ? bytes.length : bytes.indexOf(0)
    return bytes.toString('utf8', 0, end < 0 ? bytes.length : end)
  }
}

/** The four parts of `1.2.3.4`, read in place: a datagram has such an address each time. */
function putInet(bytes: Buffer, host: string): void {
  let at = 4
  let part = 0
  for (let index = 0; index < host.length; index++) {
    const code = host.charCodeAt(index)
    if (code === 0x2e) {
      bytes[at++] = part
      part = 0
    } else part = part * 10 + code - 0x30
  }
  bytes[at] = part
}
