/** Something that happens at a time. */
interface Event {
  readonly at: number
  /** Of events at one time the earlier planned comes first. */
  readonly order: number
  readonly run: () => void
  isOff: boolean
}

/** Events by their time: a binary heap. */
export class EventQueue {
  readonly #heap: Event[] = []
  #planned = 0

  /** The time of the next event; Infinity when there is none. */
  get nextAt(): number {
    while (this.#heap[0]?.isOff) this.take()
    return this.#heap[0]?.at ?? Number.POSITIVE_INFINITY
  }

  /** Answers how to call it off. */
  add(at: number, run: () => void): () => void {
    const event: Event = { at, order: this.#planned++, run, isOff: false }
    let place = this.#heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!isBefore(event, this.#heap[parent] as Event)) break
      this.#heap[place] = this.#heap[parent] as Event
      place = parent
    }
    this.#heap[place] = event
    return () => {
      event.isOff = true
    }
  }

  /** Takes the next event out. */
  take(): (() => void) | undefined {
    const first = this.#heap[0]
    const last = this.#heap.pop()
    if (first !== undefined && last !== undefined && this.#heap.length > 0) this.#sink(last)
    return first?.run
  }

  /** Puts an event on top, and lets it down to its place. */
  #sink(event: Event): void {
    const heap = this.#heap
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++
      if (!isBefore(heap[child] as Event, event)) break
      heap[place] = heap[child] as Event
      place = child
    }
    heap[place] = event
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}
