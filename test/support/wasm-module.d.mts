type Part = Uint8Array | readonly number[]

export function leb(value: number): Buffer
export function bytes(...parts: readonly Part[]): Buffer
export function times(count: number, part: Part): Buffer
export function list(...items: readonly Part[]): Buffer
export function repeated(count: number, item: Part): Buffer
export function sized(...parts: readonly Part[]): Buffer
export function text(of: string): Buffer
export function section(id: number, ...content: readonly Part[]): Buffer
export function custom(name: string, ...content: readonly Part[]): Buffer
export function body(code: Part, locals?: Part): Buffer
export const header: Buffer
export function module(...sections: readonly Part[]): Uint8Array<ArrayBuffer>
export const NOTHING_TO_NOTHING: readonly number[]
export const END: readonly number[]
export function functionType(parameters: number, results: number): Buffer
export function imported(module: string, name: string, ...kind: readonly Part[]): Buffer
export function exported(name: string, kind: number, index: number): Buffer

export interface ProgramParts {
  readonly types?: Part | undefined
  readonly imports?: Part | undefined
  /** How many of the imports are functions. */
  readonly importedFunctions?: number
  readonly functions?: Part | undefined
  readonly tables?: Part | undefined
  readonly memories?: Part | undefined
  readonly tags?: Part | undefined
  readonly globals?: Part | undefined
  readonly exports?: Part | undefined
  readonly start?: Part | undefined
  readonly elements?: Part | undefined
  readonly dataCount?: Part | undefined
  readonly code?: Part | undefined
  readonly data?: Part | undefined
  readonly rest?: readonly Part[]
}
export function program(parts?: ProgramParts): Uint8Array<ArrayBuffer>
