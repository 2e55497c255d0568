import { builtIn } from '../bridge/built-in.js'

type Crc32 = (data: Uint8Array, before: number) => number

let fastest: Crc32 | undefined

/** CRC-32 as zlib has it, of `data` after what `before` is the CRC-32 of. */
export const crc32: Crc32 = (data, before) => {
  fastest ??= builtIn('node:zlib').crc32 ?? crc32ByTable(table())
  return fastest(data, before)
}

/** The same without zlib's, which Node has from 20.15 and 22.2 on. */
export function crc32ByTable(remainders: Uint32Array): Crc32 {
  return (data, before) => {
    let crc = ~before
    for (const byte of data) crc = (crc >>> 8) ^ (remainders[(crc ^ byte) & 0xff] as number)
    return ~crc >>> 0
  }
}

/** The remainders of all bytes by the polynomial of IEEE 802.3, bits reversed. */
export function table(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0)
    return rest
  })
}
