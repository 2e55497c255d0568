/** Thrown by `proc_exit`: it unwinds the guest. */
export class GuestExit extends Error {
  override readonly name = 'GuestExit'
  readonly code: number

  constructor(code: number) {
    super(`the guest exited with code ${code}`)
    this.code = code
  }
}
