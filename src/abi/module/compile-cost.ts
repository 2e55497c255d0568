/** How many values a block or a call takes and leaves. */
export interface Arity {
  readonly takes: number
  readonly leaves: number
}

export interface Cost {
  /** Memory that compiling takes at most. */
  readonly bytes: number
  /** Slots that are looked at: a local or a value on the stack is one. */
  readonly visits: number
}

/** Measured in V8 11 and 14: of a slot that a block copies, of a block besides, of a local that is joined where branches meet. */
const [BYTES_A_COPY, BYTES_A_BLOCK, BYTES_A_JOINT] = [12, 1200, 256]

/** Blocks within blocks: a function with more is too costly, and not read to its end. */
const MOST_NESTED = 250_000

/** A block that is open. */
interface Block extends Arity {
  /** The height of the stack below its parameters. */
  readonly base: number
  /** How many locals had been set when it began, each as often as it was. */
  readonly setBefore: number
}

/** Adds up what a function costs to compile, instruction by instruction, by the height of its stack. */
export class CompileCost {
  readonly #locals: number
  readonly #open: Block[]
  #height = 0
  #set = 0
  #bytes = 0
  #visits = 0

  constructor(locals: number, leaves: number) {
    this.#locals = locals
    this.#open = [{ base: 0, takes: 0, leaves, setBefore: 0 }]
  }

  get cost(): Cost {
    return { bytes: this.#bytes, visits: this.#visits }
  }

  /** Whether it is more than this already. */
  exceeds({ bytes, visits }: Cost): boolean {
    return this.#bytes > bytes || this.#visits > visits
  }

  /** Whether the function has not ended. */
  get isOpen(): boolean {
    return this.#open.length > 0
  }

  /** An instruction begins. */
  step(): void {
    this.#visits += this.#slots
  }

  change(by: number): void {
    this.#height = Math.max(this.#innermost.base, this.#height + by)
  }

  setLocal(): void {
    this.#set++
  }

  copy(): void {
    this.#bytes += BYTES_A_COPY * this.#slots
  }

  begin({ takes, leaves }: Arity): void {
    this.#bytes += this.#open.length < MOST_NESTED ? BYTES_A_BLOCK : Number.POSITIVE_INFINITY
    this.copy()
    this.#open.push({ base: Math.max(0, this.#height - takes), takes, leaves, setBefore: this.#set })
  }

  /** Another part of the innermost block begins, with so many values: by default with its parameters. */
  goOn(values = this.#innermost.takes): void {
    this.copy()
    this.#join(0)
    this.#height = this.#innermost.base + values
  }

  end(): void {
    const { base, leaves } = this.#innermost
    this.#join(0)
    this.#open.pop()
    this.#height = base + leaves
  }

  /** What follows is not reached. */
  never(): void {
    this.#height = this.#innermost.base
  }

  branch(label: number): void {
    this.#visits += this.#slots + (this.#open.at(-1 - label)?.leaves ?? 0)
    this.#join(label)
  }

  call({ takes, leaves }: Arity): void {
    this.#visits += (takes + leaves) * this.#slots
    this.change(leaves - takes)
  }

  get #slots(): number {
    return this.#locals + this.#height
  }

  /** There is one as long as the function has not ended. */
  get #innermost(): Block {
    return this.#open.at(-1) as Block
  }

  /** The locals that were set since a block began may differ where branches to it meet. */
  #join(label: number): void {
    const block = this.#open.at(-1 - label)
    if (block !== undefined) this.#bytes += BYTES_A_JOINT * Math.min(this.#locals, this.#set - block.setBefore)
  }
}
