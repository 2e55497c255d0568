import { GuestMemory } from '../../src/abi/memory.js'

const PAGE = 65_536
const SENTINEL = 0xee

/** A guest's memory of one page, full of sentinels. */
export function sentinelMemory() {
  const raw = new WebAssembly.Memory({ initial: 1 })
  const bytes = new Uint8Array(raw.buffer).fill(SENTINEL)
  const memory = new GuestMemory(() => raw)
  return {
    raw,
    memory,
    bytes,
    /** Puts bytes at an address. */
    put: (at: number, ...values: number[]) => bytes.set(values, at),
    /** The bytes from `at` on. */
    at: (at: number, length: number) => [...bytes.subarray(at, at + length)],
    /** True when everything else still holds the sentinel. */
    isUntouchedBut: (at: number, length: number) =>
      bytes.every((byte, index) => (index >= at && index < at + length) || byte === SENTINEL),
  }
}

/** Where `length` bytes do not lie inside of a page of memory, and why. */
export function outside(length: number): [string, number][] {
  return [
    ['one byte past the end', PAGE - length + 1],
    ['at the end', PAGE],
    ['far outside', 0x7fffffff - length],
    ['at 2 GiB, which arrives negative', -0x80000000],
    ['at the end of the address space', -length],
    ['across the end of the address space', -1],
  ]
}

/** Where the last `length` bytes of a page begin. */
export const lastOf = (length: number) => PAGE - length
