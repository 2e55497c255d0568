import { type Arity, CompileCost, type Cost } from './compile-cost.js'
import { type Instruction, plainInstructions, prefixed } from './opcodes.js'
import { Reader, Unreadable } from './reader.js'
import type { TypeShape } from './type-section.js'

/** What instructions that name a function, a type or a tag take and leave. */
export interface Signatures {
  readonly types: readonly TypeShape[]
  /** The types of all functions, and of all tags, by their numbers. */
  readonly functions: readonly number[]
  readonly tags: readonly number[]
}

export interface FunctionParts {
  /** Without its parameters. */
  readonly locals: number
  readonly number: number
  readonly signatures: Signatures
}

/** What a function, whose code is valid, costs to compile, up to the `most` that is asked for. Throws `Unreadable` for instructions that are not known here. */
export function costOfCode(code: Uint8Array, { locals, number, signatures }: FunctionParts, most: Cost): Cost {
  const { takes, leaves } = typeOf(signatures, signatures.functions[number])
  const cost = new CompileCost(locals + takes, leaves)
  const walk = new CodeWalk(code, signatures, cost)
  while (cost.isOpen && !cost.exceeds(most)) walk.instruction()
  return cost.cost
}

const EMPTY_BLOCK = 0x40
const [LOCAL_SET, LOCAL_TEE] = [0x21, 0x22]
/** The prefix of instructions of garbage collection, of which these depend on a type. */
const OBJECTS = 0xfb
const [STRUCT_NEW, ARRAY_NEW_FIXED, BR_ON_CAST, BR_ON_CAST_FAIL] = [0, 8, 24, 25]

/** Reads code as a validator does, with heights in place of types. */
class CodeWalk {
  readonly #from: Reader
  readonly #signatures: Signatures
  readonly #cost: CompileCost

  constructor(code: Uint8Array, signatures: Signatures, cost: CompileCost) {
    this.#from = new Reader(code)
    this.#signatures = signatures
    this.#cost = cost
  }

  instruction(): void {
    this.#cost.step()
    const code = this.#from.byte()
    if (code === LOCAL_SET || code === LOCAL_TEE) this.#cost.setLocal()
    const plain = plainInstructions[code]
    if (plain !== undefined) return this.#plain(plain)
    const group = prefixed.get(code)
    return group === undefined ? this.#control(code) : this.#prefixed(code, group)
  }

  #control(code: number): void {
    const cost = this.#cost
    switch (code) {
      case 0x00: // unreachable
      case 0x0a: // throw_ref
      case 0x0f: // return
        return cost.never()
      case 0x02: // block
      case 0x03: // loop
      case 0x06: // try
        return cost.begin(this.#blockType())
      case 0x04: // if
        cost.change(-1)
        cost.copy() // for what may be else
        return cost.begin(this.#blockType())
      case 0x05: // else
        return cost.goOn()
      case 0x07: // catch
        return cost.goOn(this.#tag().takes)
      case 0x08: // throw
        this.#from.number()
        return cost.never()
      case 0x09: // rethrow
        this.#from.number()
        return cost.never()
      case 0x0b: // end
        return cost.end()
      case 0x18: // delegate
        this.#from.number()
        return cost.end()
      case 0x19: // catch_all
        return cost.goOn(0)
      case 0x1c: // select with types
        this.#from.skip(this.#from.number())
        return cost.change(-2)
      case 0x1f: // try_table
        return this.#tryTable()
      default:
        return this.#branchOrCall(code)
    }
  }

  #branchOrCall(code: number): void {
    const cost = this.#cost
    switch (code) {
      case 0x0c: // br
        cost.branch(this.#from.number())
        return cost.never()
      case 0x0d: // br_if
        cost.change(-1)
        return cost.branch(this.#from.number())
      case 0x0e: // br_table
        cost.change(-1)
        for (let left = this.#from.number() + 1; left > 0; left--) cost.branch(this.#from.number())
        return cost.never()
      case 0xd5: // br_on_null
        return cost.branch(this.#from.number())
      case 0xd6: // br_on_non_null
        cost.branch(this.#from.number())
        return cost.change(-1)
      case 0x10: // call
        return cost.call(this.#function())
      case 0x11: // call_indirect
        return this.#callIndirect()
      case 0x12: // return_call
        cost.call(this.#function())
        return cost.never()
      case 0x13: // return_call_indirect
        this.#callIndirect()
        return cost.never()
      case 0x14: // call_ref
        cost.change(-1)
        return cost.call(this.#type())
      case 0x15: // return_call_ref
        cost.change(-1)
        cost.call(this.#type())
        return cost.never()
      default:
        throw new Unreadable()
    }
  }

  #plain({ follows, change }: Instruction): void {
    for (const kind of follows) this.#skip(kind)
    this.#cost.change(change)
  }

  #skip(kind: string): void {
    if (kind === 'n') this.#from.number()
    else if (kind === 'm') this.#skipPlace()
    else this.#from.skip(kind === 's' ? 16 : Number(kind))
  }

  /** An alignment, the number of a memory if it says so, and an offset. */
  #skipPlace(): void {
    if ((this.#from.number() & 0x40) !== 0) this.#from.number()
    this.#from.number()
  }

  #prefixed(prefix: number, group: readonly (Instruction | undefined)[]): void {
    const code = this.#from.number()
    const known = group[code]
    if (known !== undefined) return this.#plain(known)
    if (prefix !== OBJECTS) throw new Unreadable()
    if (code === STRUCT_NEW) return this.#cost.change(1 - this.#type().takes)
    if (code === ARRAY_NEW_FIXED) {
      this.#from.number() // its type
      return this.#cost.change(1 - this.#from.number())
    }
    if (code !== BR_ON_CAST && code !== BR_ON_CAST_FAIL) throw new Unreadable()
    this.#from.byte() // which of its types may be null
    this.#cost.branch(this.#from.number())
    this.#from.number()
    this.#from.number()
  }

  #tryTable(): void {
    const type = this.#blockType()
    for (let left = this.#from.number(); left > 0; left--) {
      if (this.#from.byte() < 2) this.#from.number() // of a tag
      this.#cost.branch(this.#from.number())
    }
    this.#cost.begin(type)
  }

  #callIndirect(): void {
    const type = this.#type()
    this.#from.number() // the table
    this.#cost.change(-1)
    this.#cost.call(type)
  }

  #function(): TypeShape {
    return typeOf(this.#signatures, this.#signatures.functions[this.#from.number()])
  }

  #type(): TypeShape {
    return typeOf(this.#signatures, this.#from.number())
  }

  #tag(): TypeShape {
    return typeOf(this.#signatures, this.#signatures.tags[this.#from.number()])
  }

  /** None, the type of one value, or the number of a type of the module. */
  #blockType(): Arity {
    const code = this.#from.peek()
    if (code < EMPTY_BLOCK || code >= 0x80) return this.#type()
    this.#from.byte()
    if (code === 0x63 || code === 0x64) this.#from.number()
    return { takes: 0, leaves: code === EMPTY_BLOCK ? 0 : 1 }
  }
}

function typeOf({ types }: Signatures, number: number | undefined): TypeShape {
  const type = number === undefined ? undefined : types[number]
  if (type === undefined) throw new Unreadable()
  return type
}
