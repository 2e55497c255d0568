import { memoryOf, u32, writeAt } from '../abi/layout.js'
import { errnoOfWasi, SysError } from '../posix/errno.js'
import { iovec } from './structures.js'

const PAGE = 65_536
/** Where answers, the one buffer's place, texts and data lie. */
const [RESULT, IOVEC, TEXTS, DATA] = [0, 64, 1024, PAGE]
/** The most bytes that one call of a provider moves. */
export const MOST_AT_ONCE = 16 * PAGE

/** A function of WASI preview 1: numbers and bigints in, an errno out. */
export type WasiFunction = (...args: never[]) => number | undefined

/** Another implementation of WASI preview 1. */
export interface Asked {
  readonly functions: Readonly<Record<string, WasiFunction>>
  /** Where the calls find their arguments. */
  setMemory(memory: WebAssembly.Memory): void
}

/**
 * How another implementation of WASI is asked: its calls find their arguments in a memory of its own and leave their results there. It
 * never sees the guest's memory.
 */
export class Exchange {
  readonly functions: Asked['functions']
  readonly #bytes: Uint8Array
  readonly #memory

  constructor({ functions, setMemory }: Asked) {
    const memory = new WebAssembly.Memory({ initial: 1 + MOST_AT_ONCE / PAGE })
    setMemory(memory)
    this.functions = functions
    this.#bytes = new Uint8Array(memory.buffer)
    this.#memory = memoryOf(this.#bytes)
  }

  /** Asks; a text becomes its place and its length. Throws the errno that is answered. */
  ask(name: string, ...args: readonly (number | bigint | string)[]): void {
    const answer = this.functions[name] as ((...args: unknown[]) => number) | undefined
    if (answer === undefined) throw new SysError('ENOSYS')
    const errno = attempt(() => answer(...this.#placed(args)))
    if (errno !== 0) throw new SysError(errnoOfWasi(errno) ?? 'EIO')
  }

  /** The same for a call whose last argument is a pointer to a number that it answers. */
  askNumber(name: string, ...args: readonly (number | bigint | string)[]): number {
    this.ask(name, ...args, RESULT)
    return u32.get(new DataView(this.#bytes.buffer), RESULT)
  }

  /** Reads at `offset`. Returns the bytes, which are valid until the next call. */
  read(number: number, length: number, offset: bigint): Uint8Array {
    const told = this.#move('read', number, { length, offset })
    return this.#bytes.subarray(DATA, DATA + told)
  }

  write(number: number, data: Uint8Array, offset: bigint): number {
    this.#bytes.set(data, DATA)
    return this.#move('write', number, { length: data.length, offset })
  }

  #move(what: 'read' | 'write', number: number, { length, offset }: { length: number; offset: bigint }) {
    iovec.write(this.#memory, IOVEC, { base: DATA, length })
    writeAt(this.#memory, u32, RESULT, 0)
    const moved = this.askNumber(`fd_p${what}`, number, IOVEC, 1, offset)
    return Math.min(moved, length) // the fd_pread of @wasmer/wasi counts twice
  }

  #placed(args: readonly (number | bigint | string)[]): (number | bigint)[] {
    let at = TEXTS
    return args.flatMap((each) => {
      if (typeof each !== 'string') return [each]
      const text = Buffer.from(each)
      if (at + text.length > DATA) throw new SysError('ENAMETOOLONG')
      this.#bytes.set(text, at)
      at += text.length
      return [at - text.length, text.length]
    })
  }
}

/** What a provider throws is its own failure; a RangeError that of JavaScript to make a buffer so large. */
function attempt(answer: () => number): number {
  try {
    return answer() ?? 0
  } catch (error) {
    throw new SysError(error instanceof RangeError ? 'EFBIG' : 'EIO', { cause: error })
  }
}
