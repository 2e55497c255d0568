import { memoryOf, u32, writeAt } from '../abi/layout.js'
import { errnoOfWasi, SysError } from '../posix/errno.js'
import type { WasiProvider } from './provider.js'
import { fdstat, filestat, iovec } from './structures.js'

const PAGE = 65_536
/** Where answers, the one buffer's place, texts and data lie. */
const [RESULT, IOVEC, TEXTS, DATA] = [0, 64, 1024, PAGE]
/** The most bytes that one call of a provider moves. */
export const MOST_AT_ONCE = 16 * PAGE

/**
 * How a provider is asked: its calls find their arguments in a memory of its own and leave their answers there. What the guest passed has
 * been looked at before, and no provider sees the guest's memory.
 */
export class Exchange {
  readonly #provider: WasiProvider
  readonly #bytes: Uint8Array
  readonly #memory

  constructor(provider: WasiProvider) {
    const memory = new WebAssembly.Memory({ initial: 1 + MOST_AT_ONCE / PAGE })
    provider.setMemory(memory)
    this.#provider = provider
    this.#bytes = new Uint8Array(memory.buffer)
    this.#memory = memoryOf(this.#bytes)
  }

  /** Asks; a text becomes its place and its length. Throws the errno that is answered. */
  ask(name: string, ...args: readonly (number | bigint | string)[]): void {
    const answer = this.#provider.functions[name] as ((...args: unknown[]) => number) | undefined
    if (answer === undefined) throw new SysError('ENOSYS')
    const errno = attempt(() => answer(...this.#placed(args)))
    if (errno !== 0) throw new SysError(errnoOfWasi(errno) ?? 'EIO')
  }

  /** The same for a call whose last argument is a pointer to a number that it answers. */
  askNumber(name: string, ...args: readonly (number | bigint | string)[]): number {
    this.ask(name, ...args, RESULT)
    return u32.get(new DataView(this.#bytes.buffer), RESULT)
  }

  filestat(number: number) {
    this.ask('fd_filestat_get', number, RESULT)
    const stat = filestat.read(this.#memory, RESULT)
    return this.#provider.shown?.(stat) ?? stat
  }

  fdstat(number: number) {
    this.ask('fd_fdstat_get', number, RESULT)
    return fdstat.read(this.#memory, RESULT)
  }

  /** At `offset`, or where the file stands. Answers the bytes that were read, valid until the next call. */
  read(number: number, length: number, offset?: bigint): Uint8Array {
    const told = this.#move('read', number, { length, offset })
    return this.#bytes.subarray(DATA, DATA + told)
  }

  write(number: number, data: Uint8Array, offset?: bigint): number {
    this.#bytes.set(data, DATA)
    return this.#move('write', number, { length: data.length, offset })
  }

  #move(what: 'read' | 'write', number: number, { length, offset }: { length: number; offset: bigint | undefined }) {
    iovec.write(this.#memory, IOVEC, { base: DATA, length })
    writeAt(this.#memory, u32, RESULT, 0)
    const moved =
      offset === undefined
        ? this.askNumber(`fd_${what}`, number, IOVEC, 1)
        : this.askNumber(`fd_p${what}`, number, IOVEC, 1, offset)
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
