/** A module that is beyond a bound; `message` says which. */
export class BoundsError extends Error {
  override readonly name = 'BoundsError'
}
