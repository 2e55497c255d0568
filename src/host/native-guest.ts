import fs from 'node:fs'
import type { Worker } from 'node:worker_threads'
import { OpenFds, openFdsMemory } from '../bridge/open-fds.js'
import { after } from '../bridge/timer.js'
import { Wakening } from '../bridge/wakening.js'

/** How long a guest that is told to stop has to end by itself, in ms. One that only computes cannot. */
const GRACE_MS = 20
/** How long the end of the process waits for guests that are loading, in ms. */
const LOADING_MS = 2000

/** The guests whose threads are there. */
const living = new Set<Wakening>()

/** What the host's thread does for a guest that makes the system's calls itself: nobody can stop its thread within one. */
export class NativeGuest {
  readonly openFds: SharedArrayBuffer = openFdsMemory()
  readonly #wakening: Wakening

  constructor(bell: SharedArrayBuffer) {
    this.#wakening = new Wakening(bell)
    if (living.size === 0) process.on('exit', awaitLoading)
    living.add(this.#wakening)
  }

  /** Ends the guest, at its next call or in one that waits; and its thread, when that is not between two calls any more. */
  stop(worker: Worker): void {
    this.#wakening.stop()
    let callOff = () => {}
    const terminateLater = () => {
      callOff = after(GRACE_MS, () => (this.#wakening.isLoading ? terminateLater() : void worker.terminate()))
    }
    terminateLater()
    worker.once('exit', () => callOff())
  }

  /** Closes what is left open. To be called when all threads are gone that could close it. */
  closeLeft(): void {
    living.delete(this.#wakening)
    if (living.size === 0) process.off('exit', awaitLoading)
    new OpenFds(this.openFds).drain((fd) => {
      try {
        fs.closeSync(fd)
      } catch {
        // the system says so where what was sent could not leave; the descriptor is closed all the same
      }
    })
  }
}

/** As the process ends, Node ends all threads: none may be loading then. */
function awaitLoading(): void {
  for (const wakening of living) wakening.stop()
  for (const wakening of living) wakening.waitForLoading(LOADING_MS)
}
