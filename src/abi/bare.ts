/**
 * The same names without a prototype. WebAssembly looks imports up as properties, so an object with a prototype would hand a guest
 * the host's own `constructor` and whatever hangs on it.
 */
export function bare<T extends object>(names: T): T {
  return Object.assign(Object.create(null), names)
}
