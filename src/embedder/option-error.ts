/** An option, or a combination of options, that cannot be used. `message` is one sentence that says what to change. */
export class OptionError extends TypeError {
  override readonly name = 'OptionError'
}
