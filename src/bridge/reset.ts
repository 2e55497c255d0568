import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Closes a stream so that its peer sees a reset, where it can. */
export function reset(stream: Duplex): void {
  if (!(stream instanceof Socket)) resetOther(stream)
  else if (stream.remoteAddress === undefined) stream.destroy()
  // libuv cannot reset while it shuts down, and Node would then never close the descriptor.
  else if (stream.writableEnded && !stream.writableFinished && stream.writableLength === 0)
    stream.once('finish', () => reset(stream))
  else
    try {
      stream.resetAndDestroy()
    } catch {
      stream.destroy() // TLS has no reset
    }
}

/** A stream of another kind may know how, too. */
function resetOther(stream: Duplex & { resetAndDestroy?: () => unknown }): void {
  if (stream.resetAndDestroy === undefined) stream.destroy()
  else stream.resetAndDestroy()
}
