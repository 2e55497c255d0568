import type { Address } from '../posix/address.js'
import type { RingConsumer, RingProducer } from './ring.js'

/*
 * Datagrams in a ring, each a record of a multiple of four bytes:
 *
 *   0         4        6           7        8          8 + textLength
 *   | length  | port   | textLength| family | host …   | data … | padding |
 *   u32 LE    u16 LE   u8          0 4 6    ASCII
 *
 * Family 0 has no address: the socket's own peer is meant.
 */

const HEADER = 8

/** Bytes that a datagram takes in a ring. */
export function recordLength(data: number, address: Address | undefined): number {
  return (HEADER + (address === undefined ? 0 : text(address).length) + data + 3) & ~3
}

/** Puts a datagram into a ring; answers false, and writes nothing, when there is no room. */
export function putDatagram(ring: RingProducer, data: Uint8Array, address: Address | undefined): boolean {
  const total = recordLength(data.length, address)
  if (ring.free < total) return false
  const host = address === undefined ? '' : text(address)
  const record = Buffer.alloc(total)
  record.writeUInt32LE(data.length, 0)
  record.writeUInt16LE(address === undefined || address.family === 'unix' ? 0 : address.port, 4)
  record[6] = host.length
  record[7] = address === undefined || address.family === 'unix' ? 0 : address.family === 'inet' ? 4 : 6
  record.write(host, HEADER, 'latin1')
  record.set(data, HEADER + host.length)
  ring.write(record)
  return true
}

export interface Datagram {
  /** Bytes of the record in the ring. */
  readonly total: number
  readonly length: number
  readonly address: Address | undefined
  /** Where the data begin, counted from the record's first byte. */
  readonly dataAt: number
}

/** Reads the record that begins `skip` bytes on in the ring, or answers undefined. */
export function nextDatagram(ring: RingConsumer, skip = 0): Datagram | undefined {
  if (ring.used <= skip) return undefined
  const header = Buffer.alloc(HEADER)
  ring.peek(header, skip)
  const length = header.readUInt32LE(0)
  const textLength = header[6] as number
  const host = Buffer.alloc(textLength)
  ring.peek(host, skip + HEADER)
  return {
    total: (HEADER + textLength + length + 3) & ~3,
    length,
    address: addressOf(header[7] as number, host.toString('latin1'), header.readUInt16LE(4)),
    dataAt: HEADER + textLength,
  }
}

function text(address: Address): string {
  if (address.family === 'unix') return ''
  return address.family === 'inet6' && address.scope !== 0 ? `${address.host}%${address.scope}` : address.host
}

function addressOf(family: number, host: string, port: number): Address | undefined {
  if (family === 0) return undefined
  if (family === 4) return { family: 'inet', host, port }
  const [plain = '', scope = '0'] = host.split('%')
  return { family: 'inet6', host: plain, port, scope: Number(scope) }
}
