import type { ImportType } from './import-types.js'

type FunctionImport = Extract<ImportType, { kind: 'function' }>
type Answering = (...args: unknown[]) => unknown

/** Answered instead of a number by who has a promise; no call answers it. */
const LATER = -(2 ** 31)

interface Suspenders {
  readonly suspending: (later: () => unknown) => WebAssembly.ImportValue
  /** Is given each answer, and may make a promise of it. */
  readonly after: (answer: unknown) => unknown
}

/**
 * Imports that suspend the guest only for a promise. The engine suspends for each call of a suspending import, also for an answer that is
 * there: other calls of the guest could come in between, and a function that is not called to be suspended could call none. So a small
 * module stands between, each function of which first calls the plain function, and a suspending one only if that has a promise:
 *
 *   (func (export "3") (param i32 i32) (result i32) (local $answer i32)
 *     (local.tee $answer (call $now3 (local.get 0) (local.get 1)))
 *     (if (result i32) (i32.eq (i32.const LATER)) (then (call $later)) (else (local.get $answer))))
 *
 * Functions that are imported with several types, or with types that are not known here, are left out.
 */
export function trampolines(
  modules: WebAssembly.Imports,
  types: readonly ImportType[],
  { suspending, after }: Suspenders,
): Map<string, Map<string, WebAssembly.ImportValue>> {
  const made = new Map<string, Map<string, WebAssembly.ImportValue>>()
  const all = single(types.filter((type) => type.kind === 'function')).filter(
    ({ module, name }) => typeof modules[module]?.[name] === 'function',
  )
  let promise: unknown
  const later = suspending(() => {
    const pending = promise
    promise = undefined
    return pending
  })
  const now =
    (answer: Answering) =>
    (...args: unknown[]) => {
      const given = after(answer(...args))
      if (!(given instanceof Promise)) return given
      promise = given
      return LATER
    }
  const entries = all.map(({ module, name }, index) => [String(index), now(modules[module]?.[name] as Answering)])
  const instance = new WebAssembly.Instance(new WebAssembly.Module(assembled(all)), {
    now: Object.fromEntries(entries),
    later: { later },
  })
  for (const [index, { module, name }] of all.entries()) {
    const byName = made.get(module) ?? new Map<string, WebAssembly.ImportValue>()
    made.set(module, byName.set(name, instance.exports[String(index)] as WebAssembly.ImportValue))
  }
  return made
}

/** Those imported with one type only, which is known here. */
function single(types: readonly FunctionImport[]): FunctionImport[] {
  const byName = new Map<string, FunctionImport | undefined>()
  for (const type of types) {
    const key = JSON.stringify([type.module, type.name])
    const isKnown = type.params.every((param) => param in codes) && String(type.results).match(/^(i32)?$/) !== null
    const isOther = byName.has(key) && !isSame(byName.get(key), type)
    byName.set(key, isKnown && !isOther ? type : undefined)
  }
  return [...byName.values()].filter((type) => type !== undefined)
}

function isSame(one: FunctionImport | undefined, other: FunctionImport): boolean {
  return String(one?.params) === String(other.params) && String(one?.results) === String(other.results)
}

/** WebAssembly Core, 5.3.1. */
const codes: Readonly<Record<string, number>> = { i32: 127, i64: 126, f32: 125, f64: 124 }

/** Of each function two types: that of the plain one, which always answers a number, and its own. */
function assembled(all: readonly FunctionImport[]): Uint8Array<ArrayBuffer> {
  const later = all.length // its import stands behind those of the plain functions
  const type = (params: readonly string[], results: readonly string[]) => [
    ...[0x60, ...list(params.map(code))],
    ...list(results.map(code)),
  ]
  const types = all.flatMap(({ params, results }) => [type(params, ['i32']), type(params, results)])
  const exported = (index: number) => [...text(String(index)), 0, ...unsigned(later + 1 + index)]
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...types, type([], ['i32'])]),
    ...section(2, [
      ...all.map((_, index) => [...text('now'), ...text(String(index)), 0, ...unsigned(2 * index)]),
      [...text('later'), ...text('later'), 0, ...unsigned(2 * all.length)],
    ]),
    ...section(
      3,
      all.map((_, index) => unsigned(2 * index + 1)),
    ),
    ...section(
      7,
      all.map((_, index) => exported(index)),
    ),
    ...section(
      10,
      all.map((each, index) => sized(body(each, index, later))),
    ),
  ])
}

const [GET, TEE, CALL, DROP, CONST, EQUAL, IF, ELSE, END] = [0x20, 0x22, 0x10, 0x1a, 0x41, 0x46, 0x04, 0x05, 0x0b]
/** The number in signed LEB128. */
const LATER_BYTES = [0x80, 0x80, 0x80, 0x80, 0x78]
const I32 = 127

function body({ params, results }: FunctionImport, now: number, later: number): number[] {
  const answer = unsigned(params.length) // the local after the parameters
  return [
    ...[1, 1, I32],
    ...params.flatMap((_, index) => [GET, ...unsigned(index)]),
    ...[CALL, ...unsigned(now), TEE, ...answer],
    ...[CONST, ...LATER_BYTES, EQUAL],
    ...[IF, I32, CALL, ...unsigned(later), ELSE, GET, ...answer, END],
    ...(results.length === 0 ? [DROP] : []),
    END,
  ]
}

function code(name: string): number[] {
  return [codes[name] as number]
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  return [id, ...sized(list(items))]
}

function list(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()]
}

function sized(bytes: readonly number[]): number[] {
  return [...unsigned(bytes.length), ...bytes]
}

function text(of: string): number[] {
  return sized([...Buffer.from(of)])
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}
