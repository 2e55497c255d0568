import { bare } from '../abi/bare.js'
import { isRecord, isThenable, unfit } from '../embedder/take.js'
import { OptionError } from './errors.js'
import { takeImports } from './object-options.js'
import type { ExtraImports, ImportContext } from './options.js'

/** Returns the caller's functions for the guest. Throws an `OptionError` where they come later, and where one of them answers later. */
export function extraImports(given: ExtraImports = {}, context: ImportContext): WebAssembly.Imports {
  const found: unknown = typeof given === 'function' ? given(context) : given
  if (isThenable(found)) {
    forget(found)
    throw new OptionError('imports must return the functions themselves, not a promise of them')
  }
  if (!isRecord(found)) throw unfit('what imports returns', 'functions by module and name', found)
  return mapImports(found as WebAssembly.Imports, answeringNow)
}

/** Loads a module that exports `imports`. Throws an `OptionError` where it does not, or fails. */
export async function importsFrom(url: string): Promise<ExtraImports> {
  const { imports } = await loaded(url)
  if (imports === undefined) throw new OptionError(`imports: ${url} exports nothing of the name imports`)
  return takeImports(imports, 'imports')
}

async function loaded(url: string): Promise<{ readonly imports?: unknown }> {
  try {
    return await import(url)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new OptionError(`imports: ${url} cannot be loaded: ${reason}`, { cause })
  }
}

/** The same imports, with each value changed. */
export function mapImports(
  imports: WebAssembly.Imports,
  change: (value: WebAssembly.ImportValue, name: string) => WebAssembly.ImportValue,
): WebAssembly.Imports {
  const modules = Object.entries(imports).map(([module, values]) => {
    const changed = Object.entries(values ?? {}).map(([name, value]) => [name, change(value, `${module}.${name}`)])
    return [module, bare(Object.fromEntries(changed))]
  })
  return bare(Object.fromEntries(modules))
}

/** Asked before each call of a guest's: throws where it is to be stopped. A promise is one to suspend the guest for. */
export type Ask = () => Promise<void> | undefined

/** The same functions, each of which asks first: so a guest that never waits is stopped too. */
export function asking(imports: WebAssembly.Imports, ask: Ask): WebAssembly.Imports {
  return mapImports(imports, (value) => {
    if (typeof value !== 'function') return value
    return (...args: unknown[]) => {
      const busy = ask()
      return busy === undefined ? value(...args) : busy.then(() => value(...args))
    }
  })
}

/** WebAssembly takes a promise for the number 0, and nothing would learn of its rejection. */
function answeringNow(value: WebAssembly.ImportValue, name: string): WebAssembly.ImportValue {
  if (typeof value !== 'function' || isExported(value)) return value
  return (...args: unknown[]) => {
    const answer: unknown = value(...args)
    if (!isThenable(answer)) return answer
    forget(answer)
    throw new OptionError(
      `the import ${name} has returned a promise, for which a guest cannot wait; return a value, or in the mode suspend give new WebAssembly.Suspending(function)`,
    )
  }
}

/** Whether a function is the export of another instance, whose name is its number there. It returns no promises. */
function isExported(value: object): boolean {
  return /^function \d+\(\) \{ \[native code\] \}$/.test(Function.prototype.toString.call(value))
}

function forget(promise: PromiseLike<unknown>): void {
  Promise.resolve(promise).catch(() => {}) // the error that is thrown says what is wrong
}
