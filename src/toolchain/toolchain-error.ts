/** What a person can do something about: there is no compiler, or none that has a tool. One line, and no stack is shown. */
export class ToolchainError extends Error {
  override readonly name = 'ToolchainError'
}
