import { SysError } from '../../posix/errno.js'
import { type Memory, struct, u8, u64 } from '../layout.js'

/*
 * __wasi_option_timestamp_t, 16 bytes:
 *
 *   0    8
 *   | tag| ns |
 */
const optionTimestamp = struct({ tag: u8, ns: u64 })
const [NONE, SOME] = [0, 1]

/** A time in ns that may be none, as a layout. */
export const optionalTime = {
  size: optionTimestamp.size,

  read(memory: Memory, pointer: number): bigint | undefined {
    const { tag, ns } = optionTimestamp.read(memory, pointer)
    if (tag !== NONE && tag !== SOME) throw new SysError('EINVAL')
    return tag === SOME ? ns : undefined
  },

  write(memory: Memory, pointer: number, ns: bigint | undefined): void {
    optionTimestamp.write(memory, pointer, { tag: ns === undefined ? NONE : SOME, ns: ns ?? 0n })
  },
}

export function millisecondsOf(ns: bigint): number {
  return Number(BigInt.asUintN(64, ns)) / 1e6
}
