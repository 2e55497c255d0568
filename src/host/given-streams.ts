import type { EventEmitter } from 'node:events'
import { Failures, GRACE_MS } from '../embedder/failures.js'
import { attempt, guardStream, watchStream } from '../embedder/watched-streams.js'
import { claimRecording } from './claimed-recordings.js'
import { ListenerFiles } from './listener-files.js'
import { type NetworkOption, threadedOf } from './network-option.js'
import type { GuestOptions, InputOption, OutputOption } from './options.js'

/** What a guest's options have of the caller's, from the moment when they are given. */
export interface Held {
  /** Of the caller's functions and streams. */
  readonly failures: Failures
  readonly listenerFiles: ListenerFiles
  /** Lets all go. */
  readonly leave: () => void
}

/** Reserves the file that is recorded to, and listens to the streams. Throws an `OptionError` for a file that is taken. */
export function hold(options: Given): Held {
  const failures = new Failures()
  const release = claimRecording(options.record)
  const leave = watchGiven(options, failures)
  const callOff = threadedOf(options.network)?.onFailure?.(failures.fail)
  return {
    failures,
    listenerFiles: new ListenerFiles(options),
    leave() {
      callOff?.()
      leave()
      release()
    },
  }
}

interface Given extends Pick<GuestOptions, 'connections' | 'record' | 'listen' | 'replay'> {
  readonly network?: NetworkOption
  readonly stdin?: InputOption | EventEmitter
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
}

/**
 * Listens to the streams among the options from the moment they are given: a file that cannot be opened says so before its guest has
 * begun. A standard descriptor that fails is a failure; a connection's is the guest's affair. Returns how to stop that.
 */
function watchGiven({ stdin, stdout, stderr, connections = [] }: Given, failures: Failures): () => void {
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
