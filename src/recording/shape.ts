/** Whether a value out of a file is of a type. The type is there for the compiler alone. */
export type Shape<T> = ((value: unknown) => boolean) & { readonly of?: T | undefined }

export const text: Shape<string> = (value) => typeof value === 'string'
export const truth: Shape<boolean> = (value) => typeof value === 'boolean'
export const bytes: Shape<Uint8Array> = (value) => value instanceof Uint8Array
export const nothing: Shape<undefined> = (value) => value === undefined
export const real: Shape<number> = (value) => Number.isFinite(value)
/** A whole number, 0 or more. */
export const count: Shape<number> = (value) => Number.isSafeInteger(value) && (value as number) >= 0
/** As WASI counts, in 64 bits. */
export const wide: Shape<bigint> = (value) => typeof value === 'bigint' && value >= -(2n ** 63n) && value < 2n ** 64n

/** A whole number in a range, both ends included. */
export function within(least: number, most: number): Shape<number> {
  return (value) => Number.isInteger(value) && (value as number) >= least && (value as number) <= most
}

export function literal<const T>(...all: readonly T[]): Shape<T> {
  return (value) => all.includes(value as T)
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => value === undefined || shape(value)
}

export function either<S extends readonly Shape<unknown>[]>(...shapes: S): Shape<OneOf<S>> {
  return (value) => shapes.some((shape) => shape(value))
}
type OneOf<S extends readonly Shape<unknown>[]> = S[number] extends Shape<infer T> ? T : never

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value) => Array.isArray(value) && value.every((each) => shape(each))
}

/** A list of so many. */
export function tuple<T extends readonly unknown[]>(...shapes: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
  return (value) =>
    Array.isArray(value) && value.length === shapes.length && shapes.every((shape, index) => shape(value[index]))
}

/** An object with these members and no others; what may be undefined may be absent. */
export function object<T extends object>(members: { [K in keyof Required<T>]: Shape<T[K]> }): Shape<T> {
  const shapes = Object.entries<Shape<unknown>>(members)
  return (value) =>
    isPlain(value) &&
    Object.keys(value).every((name) => Object.hasOwn(members, name)) &&
    shapes.every(([name, shape]) => shape(Object.hasOwn(value, name) ? value[name] : undefined))
}

/** An object with members of any names. */
export function dictionary<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value) => isPlain(value) && Object.values(value).every((each) => shape(each))
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
