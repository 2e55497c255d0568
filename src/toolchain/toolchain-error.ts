/** A fault that a person can do something about, such as a missing compiler. It is reported in one line, without a stack. */
export class ToolchainError extends Error {
  override readonly name = 'ToolchainError'
  /** How the command ends: 127 if there is no compiler, as a shell does for a command that is not found. */
  readonly exitCode: number

  constructor(message: string, { exitCode = 127, ...options }: ErrorOptions & { exitCode?: number } = {}) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** A command line that cannot be carried out. Compilers end with 1. */
export class UsageError extends ToolchainError {
  constructor(message: string) {
    super(message, { exitCode: 1 })
  }
}
