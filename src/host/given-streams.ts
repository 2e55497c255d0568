import type { EventEmitter } from 'node:events'
import { type Failures, GRACE_MS } from '../embedder/failures.js'
import { attempt, guardStream, watchStream } from '../embedder/watched-streams.js'
import type { GuestOptions, InputOption, OutputOption } from './options.js'

interface Given extends Pick<GuestOptions, 'connections'> {
  readonly stdin?: InputOption | EventEmitter
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
}

/**
 * Listens to the streams among the options from the moment they are given: a file that cannot be opened says so before its guest has
 * begun. A standard descriptor that fails is a failure; a connection's is the guest's affair. Returns how to stop that.
 */
export function watchGiven({ stdin, stdout, stderr, connections = [] }: Given, failures: Failures): () => void {
  const fail = (error: unknown) => failures.fail(error, GRACE_MS)
  const standard = [stdin, stdout, stderr].filter(isStream).map((stream) => watched(stream, fail))
  const others = connections.map((stream) => watched(stream, () => {}))
  return () => {
    for (const leave of [...standard, ...others]) leave()
  }
}

function watched(stream: EventEmitter, failed: (error: unknown) => void): () => void {
  try {
    return watchStream(stream, { failed, closed() {} })
  } catch (error) {
    failed(error)
    return () => {}
  }
}

function isStream(value: unknown): value is EventEmitter {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array)
}

/** Destroys a connection that no guest is going to have, whatever it makes of that. */
export function discard(stream: EventEmitter & { destroy(): unknown }): void {
  guardStream(stream)
  attempt(() => stream.destroy())
}
