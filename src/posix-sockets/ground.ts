import type { Network } from '../network/network.js'

/** What every call stands on. */
export interface Ground {
  readonly network: Network
  /** Milliseconds that never run backwards. */
  readonly now: () => number
}
