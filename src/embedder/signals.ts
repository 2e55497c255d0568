const listeners = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `act` when the signal is aborted, at once if it is already; returns how to call that off. All guests that share a signal share one
 * listener: Node warns of more than ten.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act()
    return () => {}
  }
  const all = listeners.get(signal) ?? new Set<() => void>()
  const abort = () => {
    for (const each of [...all]) each()
  }
  if (all.size === 0) {
    signal.addEventListener('abort', abort)
    listeners.set(signal, all)
    ends.set(all, () => signal.removeEventListener('abort', abort))
  }
  const own = () => act() // the same function may be given twice
  all.add(own)
  return () => {
    if (!all.delete(own) || all.size > 0) return
    listeners.delete(signal)
    ends.get(all)?.()
  }
}

/** How to stop listening, by the set that is called. */
const ends = new WeakMap<Set<() => void>, () => void>()

/** Throws the signal's reason if it is aborted. */
export function ensureNotAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason
}

/** The same for a signal that may be none, or may throw, which is then a failure. */
export function onAbortOr(
  signal: AbortSignal | undefined,
  fail: (error: unknown) => void,
  act: () => void,
): () => void {
  try {
    return signal === undefined ? () => {} : onAbort(signal, act)
  } catch (error) {
    fail(error)
    return () => {}
  }
}
