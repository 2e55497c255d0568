import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Closes a stream so that its peer sees a reset, where it can. `raw` is the stream below TLS. */
export function reset(stream: Duplex, raw?: Duplex): void {
  if (raw === undefined) resetBare(stream)
  else if (!isShuttingDown(stream)) resetBare(raw)
  else {
    stream.destroy()
    raw.destroy()
  }
}

/**
 * True between the last write of a stream that has ended and its `finish`. libuv cannot reset a socket while it shuts down: Node would
 * never close the descriptor then, and no thread that has it could end. TLS shuts the socket below it down, which does not know of it.
 */
function isShuttingDown(stream: Duplex): boolean {
  return stream.writableEnded && !stream.writableFinished && stream.writableLength === 0
}

function resetBare(stream: Duplex): void {
  if (!(stream instanceof Socket)) resetOther(stream)
  else if (stream.remoteAddress === undefined) stream.destroy()
  else if (isShuttingDown(stream)) stream.once('finish', () => reset(stream))
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
