const TWO_TO_32 = 0x1_0000_0000

/** Chance that is the same each time for one seed: the generator sfc32. */
export class Chance {
  #a: number
  #b: number
  #c = 0x9e3779b9
  #counter = 1

  /** `purpose` keeps several of one seed apart. */
  constructor(seed: number, purpose: number) {
    this.#a = seed >>> 0
    this.#b = Math.floor(seed / TWO_TO_32) ^ Math.imul(purpose, 0x85ebca6b)
    for (let round = 0; round < 12; round++) this.#next()
  }

  /** True so often, of 1. It is not asked where the answer is certain. */
  happens(probability: number): boolean {
    return probability > 0 && (probability >= 1 || this.fraction() < probability)
  }

  /** From 0 to below 1. */
  fraction(): number {
    return this.#next() / TWO_TO_32
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit)
  }

  fill(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at++) bytes[at] = this.#next()
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }
}
