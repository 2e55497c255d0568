import type { ProgramParts } from '../../support/wasm-module.mjs'

type Outcome = string | readonly string[]
type Bomb = readonly [name: string, make: () => ProgramParts, outcome: Outcome, withLimit?: Outcome]

export const bombs: readonly Bomb[]
export const endless: readonly Bomb[]
export function moduleOf(make: () => ProgramParts): Uint8Array<ArrayBuffer>
