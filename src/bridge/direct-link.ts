import { MOST_HANDLES } from './doorbell.js'
import { IdQueue } from './id-queue.js'
import type { Link } from './link.js'
import type { Command, Report } from './messages.js'
import type { PumpPort } from './pump.js'
import type { PumpBell } from './pump-doorbell.js'

/** A link to a pump on the same thread: everything is a call. */
export class DirectLink implements Link {
  readonly mayBeBusy = true
  readonly doorbell: Link['doorbell']
  /** The pump's end. */
  readonly pumpPort: PumpPort
  readonly pumpBell: PumpBell
  #obey: (command: Command) => void = () => {}
  #serve: () => void = () => {}
  #reports: Report[] = []
  /** What the pump is called for. It takes that before it does anything that might call it again. */
  #called: number | undefined
  readonly #news = new IdQueue(new Int32Array(2), { head: 0, tail: 1, ids: new Int32Array(MOST_HANDLES) })

  /** `ring` is called whenever something has happened that the guest may wait for. */
  constructor(ring: () => void) {
    this.doorbell = {
      isGone: false,
      waitsForMany: false,
      queue: (id) => {
        this.#called = id
        this.#serve()
      },
      nextNews: () => this.#news.take(),
      call: () => 0,
      hasAnswered: () => true,
    }
    this.pumpPort = {
      on: (_, obey) => {
        this.#obey = obey
      },
      postMessage: (report) => void this.#reports.push(report),
      close() {},
    }
    this.pumpBell = {
      listen: (serve) => {
        this.#serve = serve
      },
      next: () => {
        const id = this.#called
        this.#called = undefined
        return id
      },
      close() {},
      ringFor: (id) => {
        this.#news.put(id)
        ring()
      },
      ringForMail: ring,
      noteObeyed() {},
    }
  }

  post(command: Command): void {
    this.#obey(command)
  }

  reports(): readonly Report[] {
    if (this.#reports.length === 0) return nothing
    const reports = this.#reports
    this.#reports = []
    return reports
  }

  close(): void {}
}

const nothing: readonly Report[] = []
