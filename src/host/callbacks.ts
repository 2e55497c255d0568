import type { StartOptions } from './options.js'

/** The functions of the caller's that are called in its own thread while a guest runs in another. */
const names = [
  'trace',
  'onListen',
  'onRefusal',
  'notice',
  'onFigures',
  'onSocketEvent',
  'stdout',
  'stderr',
] as const satisfies readonly (keyof StartOptions)[]

/** What the functions of the caller's have thrown. */
export interface Callbacks {
  /** The same options, with functions that do not throw. */
  readonly options: StartOptions
  /** Says who is told of the first thing that one of them throws, which a promise of theirs may be too. */
  onThrow(tell: (thrown: unknown) => void): void
  /** Throws it. */
  rethrow(): void
}

/** Catches what the functions among the options throw: nobody above them could. */
export function watchedCallbacks(options: StartOptions): Callbacks {
  let first: { readonly thrown: unknown } | undefined
  let tell: (thrown: unknown) => void = () => {}
  const fail = (thrown: unknown) => {
    if (first !== undefined) return
    first = { thrown }
    tell(thrown)
  }
  const given = names.filter((name) => typeof options[name] === 'function')
  const watched = given.map((name) => [name, careful(options[name] as Callback, fail)] as const)
  return {
    options: { ...options, ...Object.fromEntries(watched) },
    onThrow(given) {
      tell = given
    },
    rethrow() {
      if (first !== undefined) throw first.thrown
    },
  }
}

type Callback = (told: unknown) => unknown

function careful(callback: Callback, fail: (thrown: unknown) => void): Callback {
  return (told) => {
    try {
      const answer = callback(told)
      if (answer instanceof Promise) answer.catch(fail)
    } catch (error) {
      fail(error)
    }
  }
}
