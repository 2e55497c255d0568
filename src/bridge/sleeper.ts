import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import type { Bell } from './doorbell.js'
import type { Link } from './link.js'
import type { GuestPresence } from './presence.js'
import type { Patience } from './waiters.js'
import type { Awaited } from './watches.js'

/** The longest the guest spins before it sleeps, in ms: about what being woken costs. */
const MOST_SPIN_MS = 0.05
/** Spinning is tried again after so many sleeps. */
const SPIN_EVERY = 16
/** How often a sleeping guest makes sure that its pumps are alive, in ms. */
const CHECK_EVERY_MS = 1000
/** How long a pump may take to answer, in ms: long enough for a machine under heavy load. */
const PATIENCE_MS = 20_000

interface SleeperOptions {
  readonly world: World
  readonly maySpin: boolean
  readonly patienceMs?: number
  /** Tells a network with a clock of its own when the guest sleeps. */
  readonly presence?: GuestPresence | undefined
}

/** The one place where a guest blocks. */
export class Sleeper {
  readonly #bell: Bell
  readonly #links: readonly Link[]
  readonly #now: () => number
  readonly #patienceMs: number
  readonly #maySpin: boolean
  readonly #presence: GuestPresence | undefined
  #spinMs = MOST_SPIN_MS
  #sleeps = 0
  #isForMany = false
  /** The last call for a sign of life, by link, and for how many ms the guest has slept since, unwoken. */
  #asked: { calls: number[]; silentMs: number } | undefined

  constructor(
    bell: Bell,
    links: readonly Link[],
    { world, maySpin, patienceMs = PATIENCE_MS, presence }: SleeperOptions,
  ) {
    this.#bell = bell
    this.#links = links
    this.#now = () => world.now()
    this.#patienceMs = patienceMs
    this.#maySpin = maySpin
    this.#presence = presence
  }

  /** Answers what a look finds, blocking until it finds something, or `otherwise` after `timeoutMs`. `EIO` when a pump has died. */
  until<T>(awaited: Awaited<T>, { timeoutMs, otherwise }: Patience<T>): T {
    const first = awaited.look()
    if (first !== undefined || timeoutMs <= 0) return first ?? otherwise
    const deadline = this.#now() + timeoutMs
    this.#waitForMany(awaited.isMany)
    awaited.begin()
    try {
      for (;;) {
        const rings = this.#bell.rings
        const found = awaited.look()
        if (found !== undefined) return found
        this.#checkAlive()
        const leftMs = deadline - this.#now()
        if (leftMs <= 0) return otherwise
        if (!this.#spin(rings)) this.#sleep(rings, leftMs)
      }
    } finally {
      awaited.end()
    }
  }

  #waitForMany(isMany: boolean): void {
    if (isMany === this.#isForMany) return
    this.#isForMany = isMany
    for (const link of this.#links) link.doorbell.waitsForMany = isMany
  }

  /** Waits a moment without giving up the processor, as long as that has paid lately. Answers whether it was rung. */
  #spin(rings: number): boolean {
    if (!this.#maySpin || (this.#spinMs === 0 && this.#sleeps % SPIN_EVERY !== 0)) return false
    const until = this.#now() + MOST_SPIN_MS
    do {
      for (let turn = 0; turn < 50; turn++) if (this.#bell.rings !== rings) return this.#spun(MOST_SPIN_MS)
    } while (this.#now() < until)
    this.#spun(0)
    return false
  }

  #spun(ms: number): boolean {
    this.#spinMs = ms
    return ms > 0
  }

  /** Sleeps until a pump rings, in pieces after which it asks the pumps for a sign of life. */
  #sleep(rings: number, leftMs: number): void {
    this.#sleeps++
    const pieceMs = Math.min(leftMs, CHECK_EVERY_MS, this.#patienceMs)
    this.#presence?.asleep(rings, this.#now() + leftMs)
    const isSilent = this.#bell.sleep(rings, pieceMs) === 'timed-out'
    this.#presence?.awake()
    if (!isSilent) return
    if (this.#asked !== undefined) this.#asked.silentMs += pieceMs
    if (pieceMs < leftMs) this.#askForLife()
  }

  /** Whether every pump that has nothing else to do has answered what it was last asked. */
  #allHaveAnswered(): boolean {
    const calls = this.#asked?.calls ?? []
    return this.#links.every((link, index) => link.mayBeBusy || link.doorbell.hasAnswered(calls[index] ?? 0))
  }

  #askForLife(): void {
    if (this.#asked === undefined || this.#allHaveAnswered())
      this.#asked = { calls: this.#links.map((link) => link.doorbell.call()), silentMs: 0 }
  }

  /** Time by the clock says nothing of a pump: the process may have been stopped. In time that the guest sleeps, the pump could run too. */
  #checkAlive(): void {
    if (this.#links.some((link) => link.doorbell.isGone)) throw pumpGone()
    if (this.#asked === undefined || this.#asked.silentMs < this.#patienceMs) return
    if (!this.#allHaveAnswered()) throw pumpGone()
  }
}

/** What a guest is told whose pump has ended. */
export function pumpGone(): SysError {
  return new SysError('EIO', { cause: new Error('the helper that owns the sockets has stopped') })
}
