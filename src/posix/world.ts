/** What a guest learns from its host besides files and the network. Nothing below `host.ts` asks the machine itself. */
export interface World {
  /** Milliseconds that never run backwards, with fractions. */
  now(): number
  /** Milliseconds since 1970, with fractions. */
  time(): number
  /** Fills `bytes` with randomness. */
  random(bytes: Uint8Array): void
  /** As `now`, for those who watch the guest: it learns nothing of it. Default `now`. */
  watch?(): number
}
