import type { EventEmitter } from 'node:events'

/** Learns what becomes of a stream of the caller's. */
export interface StreamWatcher {
  failed(error: unknown): void
  closed(): void
}

interface Watched {
  readonly watchers: Set<StreamWatcher>
  stop(): void
}

const watched = new WeakMap<EventEmitter, Watched>()
/** Streams whose further errors are no news. */
const guarded = new WeakSet<EventEmitter>()

/**
 * Watches a stream until the returned function is called. All guests that share a stream share one listener: Node warns of more than
 * ten. Throws what the stream throws.
 */
export function watchStream(stream: EventEmitter, watcher: StreamWatcher): () => void {
  const { watchers, stop } = watched.get(stream) ?? begin(stream)
  watchers.add(watcher)
  return () => {
    if (watchers.delete(watcher) && watchers.size === 0) stop()
  }
}

/** Keeps an `error` of a stream that is let go from ending the process: its last write may still fail. */
export function guardStream(stream: EventEmitter): void {
  if (guarded.has(stream)) return
  guarded.add(stream)
  attempt(() => stream.on('error', () => {}))
}

function begin(stream: EventEmitter): Watched {
  const watchers = new Set<StreamWatcher>()
  const failed = (error: unknown) => {
    guardStream(stream) // it may fail once more
    for (const watcher of [...watchers]) watcher.failed(error)
  }
  const closed = () => {
    for (const watcher of [...watchers]) watcher.closed()
  }
  stream.on('error', failed)
  stream.on('close', closed)
  const stop = () => {
    watched.delete(stream)
    attempt(() => stream.off('error', failed))
    attempt(() => stream.off('close', closed))
  }
  const entry = { watchers, stop }
  watched.set(stream, entry)
  return entry
}

/** Calls something of the caller's that is to do no harm where it throws. Returns whether it has not. */
export function attempt(act: () => unknown): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}
