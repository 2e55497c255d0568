/** Numbers from 0 to 2^32 - 1, the same ones for the same seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
}

/** A sum over bytes that depends on their order. */
export function addTo(sum, bytes) {
  let next = sum
  for (const byte of bytes) next = (Math.imul(next, 31) + byte) | 0
  return next
}
