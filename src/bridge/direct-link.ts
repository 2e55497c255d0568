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
  readonly #queued: number[] = []
  readonly #news: number[] = []

  /** `ring` is called whenever something has happened that the guest may wait for. */
  constructor(ring: () => void) {
    this.doorbell = {
      isGone: false,
      waitsForMany: false,
      queue: (id) => {
        this.#queued.push(id)
        this.#serve()
      },
      nextNews: () => this.#news.shift(),
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
      next: () => this.#queued.shift(),
      close() {},
      ringFor: (id) => {
        this.#news.push(id)
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
