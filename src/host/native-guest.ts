import fs from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { OpenFds, openFdsMemory } from '../bridge/open-fds.js'
import { after } from '../bridge/timer.js'
import { Wakening } from '../bridge/wakening.js'

/** How long a guest that is told to stop has to end by itself, in ms. One that only computes cannot. */
const GRACE_MS = 20

/** What the host's thread does for a guest that makes the system's calls itself: nobody can stop its thread within one. */
export class NativeGuest {
  readonly openFds: SharedArrayBuffer = openFdsMemory()
  readonly #wakening: Wakening

  constructor(bell: SharedArrayBuffer) {
    this.#wakening = new Wakening(bell)
  }

  /** Ends the guest, at its next call or in one that waits; and its thread, when that is not between two calls any more. */
  stop(worker: Worker): void {
    this.#wakening.stop()
    const callOff = after(GRACE_MS, () => void worker.terminate())
    worker.once('exit', callOff)
  }

  /** Closes what is left open. To be called when all threads are gone that could close it. */
  closeLeft(): void {
    new OpenFds(this.openFds).drain((fd) => {
      try {
        fs.closeSync(fd)
      } catch {
        // the system says so where what was sent could not leave; the descriptor is closed all the same
      }
    })
  }
}
