/** Whoever waits, waits for ever: no error of the network's, but one of the scene. */
export function standstill(who: string): Error {
  return new Error(`${who} waits without a time-out, and nothing is on its way that could end that`)
}
