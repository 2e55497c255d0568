import { SysError } from '../../posix/errno.js'

/** What a guest may keep in files in memory, beyond those that the host put there. */
export interface MemoryFileLimits {
  /** Contents, and what each file, directory, link and name takes besides. */
  readonly fileBytes: number
  /** Names, of whatever is behind them. */
  readonly files: number
}

/** For a guest whose limits do not say otherwise. */
export const DEFAULT_FILE_LIMITS: MemoryFileLimits = { fileBytes: 256 * 1024 * 1024, files: 65_536 }

/** About the memory that a name takes with what is behind it, whatever its length. */
const ENTRY_BYTES = 1280
/** A long path takes up to as many bytes for each of its characters: each directory on the way is an element of a list. */
const BYTES_PER_CHARACTER = 4

/** Is told of a limit that a guest has reached. */
export type OnFileLimit = (limit: keyof MemoryFileLimits, value: number) => void

/** The room that is left for files in memory. */
export class Room {
  readonly #limits: MemoryFileLimits
  readonly #onLimit: OnFileLimit
  #bytes: number
  #entries: number
  readonly #reached = new Set<keyof MemoryFileLimits>()

  constructor(limits: MemoryFileLimits, onLimit: OnFileLimit) {
    this.#limits = limits
    this.#onLimit = onLimit
    this.#bytes = limits.fileBytes
    this.#entries = limits.files
  }

  /** Takes as many of the bytes that a file is to grow by as there is room for. Returns how many. */
  takeSome(bytes: number): number {
    const taken = Math.min(bytes, Math.max(0, this.#bytes))
    if (taken < bytes) this.#tell('fileBytes')
    this.#bytes -= taken
    return taken
  }

  /** Takes room, or gives it back where `bytes` is negative. `ENOSPC` where there is too little. */
  take(bytes: number): void {
    if (bytes > 0 && bytes > this.#bytes) throw this.#full('fileBytes')
    this.#bytes -= bytes
  }

  /** Takes the room of a name, and of the text that a symbolic link has. */
  takeEntry(path: string, text = ''): void {
    if (this.#entries < 1) throw this.#full('files')
    this.take(costOf(path, text))
    this.#entries--
  }

  giveEntry(path: string, text = ''): void {
    this.take(-costOf(path, text))
    this.#entries++
  }

  /** Takes the room that `count` names need when each of their paths becomes so much longer. */
  lengthen(count: number, characters: number): void {
    this.take(count * characters * BYTES_PER_CHARACTER)
  }

  #full(limit: keyof MemoryFileLimits): SysError {
    this.#tell(limit)
    return new SysError('ENOSPC')
  }

  #tell(limit: keyof MemoryFileLimits): void {
    if (this.#reached.has(limit)) return
    this.#reached.add(limit)
    this.#onLimit(limit, this.#limits[limit])
  }
}

function costOf(path: string, text: string): number {
  return ENTRY_BYTES + (path.length + 4 * text.length) * BYTES_PER_CHARACTER
}
