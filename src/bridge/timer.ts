/** A timer of Node's runs out at once when it is set for longer. */
const MOST_MS = 2 ** 31 - 1

/** Calls back after `ms`, for ever later where that is more than Node can count; answers how to call it off. */
export function after(ms: number, then: () => void): () => void {
  if (ms > MOST_MS) return () => {}
  const timer = setTimeout(then, ms)
  return () => clearTimeout(timer)
}

const never = new Int32Array(new SharedArrayBuffer(4))

/** Blocks this thread for a fraction of a millisecond. */
export function sleep(ms: number): void {
  Atomics.wait(never, 0, 0, ms)
}
