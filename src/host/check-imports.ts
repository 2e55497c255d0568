import type { Dialect } from '../abi/dialect.js'
import type { ImportType } from '../abi/import-types.js'
import { printableNames } from '../posix/printable.js'
import { ModuleError } from './errors.js'
import type { LoadedModule } from './load.js'

/** Throws a `ModuleError` that names every import nobody provides. */
export function checkImports({ module, name }: LoadedModule, provided: WebAssembly.Imports): void {
  const missing = WebAssembly.Module.imports(module).filter((each) => provided[each.module]?.[each.name] === undefined)
  if (missing.length === 0) return
  throw new ModuleError(
    'MISSING_IMPORT',
    `${name} needs ${listed(missing)}, which nobody provides; give what is the program's own with the option imports`,
  )
}

/** Throws a `ModuleError` that names a function which the module declares with parameters that no dialect has. */
export function checkTypes({ importTypes = [], name }: LoadedModule, dialects: readonly Dialect[]): void {
  const strange = importTypes.filter((each) => formOf(each, dialects) === 'unknown')
  if (strange.length === 0) return
  throw new ModuleError(
    'MISSING_IMPORT',
    `${name} declares ${listed(strange)} with parameters that no dialect knows; posix-wasm inspect tells which it has`,
  )
}

/** Whether a dialect has a function of these parameters: `known`, `unknown` for one that exists with others only, `absent`. */
export function formOf(type: ImportType, dialects: readonly Dialect[]): 'known' | 'unknown' | 'absent' {
  const ofModule = dialects.filter(({ module }) => module === moduleOf(type))
  const calls = ofModule.flatMap(({ calls }) => (Object.hasOwn(calls, type.name) ? (calls[type.name] ?? []) : []))
  if (calls.length === 0 || type.kind !== 'function') return 'absent'
  const forms = calls.filter(({ arity }) => arity === type.params.length)
  const answersNumber = type.results.every((result) => result === 'i32') && type.results.length <= 1
  return answersNumber && forms.some(({ types }) => takes(types, type.params)) ? 'known' : 'unknown'
}

/** `wasi_unstable` is preview 1 by its first name. */
export function moduleOf({ module }: { readonly module: string }): string {
  return module === 'wasi_unstable' ? 'wasi_snapshot_preview1' : module
}

/** An i32 will do for an i64: to C for wasm32, in which some declare their imports, a long is one. */
function takes(types: readonly string[], params: readonly string[]): boolean {
  return params.every((param, index) => param === types[index] || (param === 'i32' && types[index] === 'i64'))
}

function listed(imports: readonly { readonly module: string; readonly name: string }[]): string {
  return printableNames(imports.map((each) => `${each.module}.${each.name}`))
}
