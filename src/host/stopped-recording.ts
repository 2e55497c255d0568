import { Gate, gateMemory } from '../bridge/gate.js'
import { stopReasonOf } from '../recording/stop-reason.js'
import { endStopped } from '../recording/stopped.js'

/** The recording of a guest in a thread of its own, which that thread cannot end when it is stopped from outside. */
export interface StoppedRecording {
  /** For the guest's thread. Undefined for a guest that is not recorded. */
  readonly gate: SharedArrayBuffer | undefined
  /** The guest is being stopped. */
  stopped(reason: unknown): void
  /** Lets the guest do no more: its thread is about to be terminated. */
  hold(): void
  /** To be called when the guest's thread is gone: ends the recording with what stopped it, if that was not its own end. */
  finish(): void
}

/** `file` is undefined for a guest that is not recorded. */
export function stoppedRecording(file: string | undefined): StoppedRecording {
  if (file === undefined) return { gate: undefined, stopped() {}, hold() {}, finish() {} }
  const memory = gateMemory()
  const gate = new Gate(memory)
  let stop: { readonly reason: unknown } | undefined
  return {
    gate: memory,
    stopped(reason) {
      stop ??= { reason }
    },
    hold: () => gate.shut(),
    finish() {
      if (stop === undefined || !gate.hasBegun) return
      try {
        endStopped(file, stopReasonOf(stop.reason))
      } catch {} // it stays cut off, and what stopped the guest is what the caller is to know
    },
  }
}
