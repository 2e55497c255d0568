import { bare } from './bare.js'
import type { ImportType } from './import-types.js'
import { trampolines } from './trampolines.js'
import { type LoopClock, Turns } from './turns.js'

/* JavaScript promise integration: a guest on its host's thread is suspended while it waits, and the thread is free. */

type AnyFunction = (...args: never[]) => unknown

/** What TypeScript does not know of WebAssembly yet. */
interface Integration {
  /** An import that may answer a promise, for which the guest is suspended. */
  readonly Suspending: new (
    answer: AnyFunction,
  ) => WebAssembly.ImportValue
  /** An export as a function that answers a promise: only what is called so can be suspended. */
  promising(exported: AnyFunction): (...args: unknown[]) => Promise<unknown>
  readonly SuspendError: new () => Error
}

interface ResizableMemory extends WebAssembly.Memory {
  /** Makes `buffer` one whose views outlive that the memory grows. */
  toResizableBuffer(): ArrayBuffer
}

/** Why guests cannot be suspended by this Node; undefined where they can. */
export function lackOfSuspension(): string | undefined {
  const { Suspending, promising } = WebAssembly as Partial<Integration>
  if (Suspending === undefined || promising === undefined)
    return `this Node, ${process.version}, has no WebAssembly.Suspending; Node 26 has`
  if (!('toResizableBuffer' in WebAssembly.Memory.prototype))
    return `this Node, ${process.version}, has no memories that grow under a call that waits; Node 26 has`
  return undefined
}

/** A module that would have to be suspended, or whose memory would move, where that cannot be. */
export class SuspensionError extends Error {
  override readonly name = 'SuspensionError'
}

/** What suspends one guest. */
export class Suspension {
  readonly turns: Turns
  /** True while a function of the guest's runs that cannot be suspended. Nothing else can run meanwhile. */
  #isPlain = false

  constructor(clock: LoopClock) {
    this.turns = new Turns(clock)
  }

  /** The imports of a guest, each of which may answer a promise. Those with types do not suspend it for an answer that is there. */
  imports(modules: WebAssembly.Imports, types: readonly ImportType[] | undefined): WebAssembly.Imports {
    const { Suspending } = integration()
    const mayWait = () => !this.#isPlain
    const after = (answer: unknown) => this.turns.after(answer, mayWait)
    const typed = trampolines(modules, types ?? [], { suspending: (later) => new Suspending(later), after })
    const untyped = (value: AnyFunction) => new Suspending((...args: never[]) => after(value(...args)))
    const wrap = (module: string, name: string, value: WebAssembly.ImportValue) =>
      typed.get(module)?.get(name) ?? (typeof value === 'function' ? untyped(value as AnyFunction) : value)
    return bare(
      Object.fromEntries(
        Object.entries(modules).map(([module, values]) => [
          module,
          bare(Object.fromEntries(Object.entries(values).map(([name, value]) => [name, wrap(module, name, value)]))),
        ]),
      ),
    )
  }

  /** Instantiates. What runs then cannot be suspended. */
  instantiate(module: WebAssembly.Module, imports: WebAssembly.Imports): WebAssembly.Instance {
    return this.#plainly('its start function', () => new WebAssembly.Instance(module, imports))
  }

  /** The same instance, with exports that say what to do instead where they cannot be suspended. */
  guarded(instance: WebAssembly.Instance): WebAssembly.Instance {
    const guard = (name: string, value: WebAssembly.ExportValue) =>
      typeof value === 'function' ? (...args: unknown[]) => this.#plainly(name, () => value(...args)) : value
    const exports = Object.entries(instance.exports).map(([name, value]) => [name, guard(name, value)])
    return Object.create(instance, { exports: { value: Object.freeze(bare(Object.fromEntries(exports))) } })
  }

  /** Calls an exported function, which may be suspended. */
  async call(exported: AnyFunction, args: readonly unknown[]): Promise<unknown> {
    const before = this.#isPlain
    this.#isPlain = false
    try {
      return integration().promising(exported)(...args)
    } finally {
      this.#isPlain = before
    }
  }

  /** Whether the function of the guest's that runs can be suspended. */
  get mayWait(): boolean {
    return !this.#isPlain
  }

  /** Throws where the function of the guest's that runs cannot be suspended. */
  ensureMayWait(): void {
    if (this.#isPlain) throw cannotWait()
  }

  /** Lets views of a memory outlive that it grows. Throws a `SuspensionError` for one without a maximum. */
  keepViews(memory: WebAssembly.Memory): void {
    try {
      ;(memory as ResizableMemory).toResizableBuffer()
    } catch (cause) {
      throw new SuspensionError('the memory of a guest that is suspended needs a maximum', { cause })
    }
  }

  #plainly<T>(what: string, run: () => T): T {
    const before = this.#isPlain
    this.#isPlain = true
    try {
      return run()
    } catch (error) {
      throw error instanceof integration().SuspendError || error instanceof CannotWait ? cannotWait(what, error) : error
    } finally {
      this.#isPlain = before
    }
  }
}

function integration(): Integration {
  return WebAssembly as unknown as Integration
}

class CannotWait extends SuspensionError {}

function cannotWait(what = 'a function', cause?: unknown): CannotWait {
  const instead =
    what.startsWith('its') || what === 'a function' ? '' : `: call exports.${what}, which answers a promise`
  return new CannotWait(`${what} of the guest would have to wait, and cannot be suspended${instead}`, { cause })
}
