/** Makes a callback that does not throw: its error goes where the guard was told, and it returns undefined. It takes three arguments at most. */
export type Guard = <A extends unknown[], R>(act: (...args: A) => R) => (...args: A) => R | undefined

type Callback = (one?: unknown, two?: unknown, three?: unknown) => unknown

/**
 * Guards the callbacks of one socket, stream or lookup. Nothing above an event's callback catches: its error would end the helper, or the
 * embedder's process, because of one socket. `failed` ends what the callback belongs to instead.
 */
export function guardFor(failed: (error: unknown) => void): Guard {
  const guard =
    (act: Callback): Callback =>
    (one, two, three) => {
      try {
        return act(one, two, three) // a list of arguments would cost more than most callbacks
      } catch (error) {
        quietly(() => failed(error))
        return undefined
      }
    }
  return guard as Guard
}

/** Does what must not keep the rest from being done. Returns whether it succeeded. */
export function quietly(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
