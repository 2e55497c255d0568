import type { GuestFrame } from './trap.js'

export { OptionError } from '../embedder/option-error.js'

/** The module cannot be run, for a reason that `message` tells a person. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError'
  readonly code: 'NOT_FOUND' | 'NOT_WEBASSEMBLY' | 'TOO_LARGE' | 'MEMORY_LIMIT' | 'MISSING_IMPORT' | 'NO_START'

  constructor(code: ModuleError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The guest stopped by a trap, such as `unreachable` or an access outside its memory, or by an error in a host function. */
export class GuestTrap extends Error {
  override readonly name = 'GuestTrap'
  /** The guest's functions that were on the stack, innermost first; none for an error of a host function. */
  readonly frames: readonly GuestFrame[]

  constructor(message: string, { frames = [], ...options }: ErrorOptions & { frames?: readonly GuestFrame[] } = {}) {
    super(message, options)
    this.frames = frames
  }
}

/** The guest ran longer than `timeoutMs`, and was stopped. */
export class GuestTimeout extends Error {
  override readonly name = 'GuestTimeout'
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`the guest was stopped after ${timeoutMs} ms`)
    this.timeoutMs = timeoutMs
  }
}
