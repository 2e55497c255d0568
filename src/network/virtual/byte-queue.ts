/** Bytes in the order they came, at most so many. */
export class ByteQueue {
  readonly #capacity: number
  readonly #chunks: Uint8Array[] = []
  #used = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  get used(): number {
    return this.#used
  }

  get free(): number {
    return this.#capacity - this.#used
  }

  /** Takes a copy of as much as there is room for; answers how much. */
  write(data: Uint8Array): number {
    const taken = data.slice(0, Math.max(0, this.free))
    if (taken.length > 0) this.#chunks.push(taken)
    this.#used += taken.length
    return taken.length
  }

  /** Fills `into` from the front; answers how much there was. */
  read(into: Uint8Array, peek = false): number {
    let done = 0
    for (let index = 0; done < into.length; ) {
      const chunk = this.#chunks[index]
      if (chunk === undefined) break
      const piece = chunk.subarray(0, into.length - done)
      into.set(piece, done)
      done += piece.length
      if (peek) index++
      else if (piece.length === chunk.length) this.#chunks.shift()
      else this.#chunks[0] = chunk.subarray(piece.length)
    }
    if (!peek) this.#used -= done
    return done
  }

  /** Takes at most so many bytes from the front. */
  take(most: number): Uint8Array {
    const piece = new Uint8Array(Math.min(most, this.#used))
    this.read(piece)
    return piece
  }

  clear(): void {
    this.#chunks.length = 0
    this.#used = 0
  }
}
