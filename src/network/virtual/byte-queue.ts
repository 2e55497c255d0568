/** Small writes share a chunk of this size. */
const CHUNK_BYTES = 1024

interface Chunk {
  readonly bytes: Uint8Array
  start: number
  end: number
}

/** Bytes in the order they came, at most so many. */
export class ByteQueue {
  readonly #capacity: number
  readonly #chunks: Chunk[] = []
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
    const taken = data.subarray(0, this.free)
    if (taken.length > 0) this.#append(taken)
    this.#used += taken.length
    return taken.length
  }

  /** Fills `into` from the front; answers how much there was. */
  read(into: Uint8Array, peek = false): number {
    let done = 0
    for (let index = 0; done < into.length; ) {
      const chunk = this.#chunks[index]
      if (chunk === undefined) break
      const piece = chunk.bytes.subarray(chunk.start, Math.min(chunk.end, chunk.start + into.length - done))
      into.set(piece, done)
      done += piece.length
      if (peek) index++
      else this.#drop(chunk, piece.length)
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

  #append(data: Uint8Array): void {
    const last = this.#chunks.at(-1)
    if (last !== undefined && last.end + data.length <= last.bytes.length) {
      last.bytes.set(data, last.end)
      last.end += data.length
      return
    }
    const bytes = new Uint8Array(Math.max(CHUNK_BYTES, data.length))
    bytes.set(data)
    this.#chunks.push({ bytes, start: 0, end: data.length })
  }

  /** Takes bytes off the first chunk. */
  #drop(first: Chunk, count: number): void {
    first.start += count
    if (first.start === first.end) this.#chunks.shift()
  }
}
