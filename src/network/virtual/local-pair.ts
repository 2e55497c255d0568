import { StreamEnd } from './stream-end.js'

const PAIR_BYTES = 64 * 1024

/** One end of a local pair. What is written is with the other end at once. */
export class LocalEnd extends StreamEnd {
  #other: LocalEnd | undefined
  /** How often the other end has read what this one wrote. */
  #readings = 0

  /** Two ends, each receiving what the other sends. */
  static pair(): readonly [LocalEnd, LocalEnd] {
    const [one, two] = [new LocalEnd(PAIR_BYTES), new LocalEnd(PAIR_BYTES)]
    one.#other = two
    two.#other = one
    return [one, two]
  }

  get isDrained(): boolean {
    return true
  }

  protected get hasRoom(): boolean {
    return (this.#other?.inbox.free ?? 0) >= PAIR_BYTES / 2
  }

  /** The other can send no more, and learns that unread bytes were thrown away. */
  close(_abort: boolean): void {
    const other = this.#other
    if (other === undefined) return
    const isLoss = this.inbox.used > 0
    if (!isLoss) other.ended()
    other.break(isLoss ? 'ECONNRESET' : undefined)
    other.#other = undefined
    this.#other = undefined
  }

  protected put(data: Uint8Array): number {
    return this.#other?.arrived(data) ?? 0
  }

  /** Linux tells a writer of each read. */
  override get sendings(): number {
    return super.sendings + this.#readings
  }

  protected taken(): void {
    const other = this.#other
    if (other === undefined) return
    other.#readings++
    other.onChange()
  }

  protected sendEnd(): void {
    this.#other?.ended()
  }
}
