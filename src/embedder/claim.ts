import type { Duplex } from 'node:stream'
import { OptionError } from './option-error.js'

const claimed = new WeakSet<Duplex>()

/** Whether a guest has the stream, or had it. */
export function isClaimed(stream: Duplex): boolean {
  return claimed.has(stream)
}

/** Makes a stream the connection of one guest. Throws an `OptionError` if it is one already: its bytes would be divided between two. */
export function claim(stream: Duplex): void {
  if (claimed.has(stream)) throw new OptionError('this stream is the connection of a guest already; give each its own')
  claimed.add(stream)
}
