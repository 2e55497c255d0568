import { describe } from 'vitest'
import { type Mode, modesHere } from '../../src/host/mode.js'

/** Describes the same of a guest in every mode; what this machine cannot do is skipped, with the reason. */
export function describeModes(what: string, body: (mode: Mode) => void): void {
  for (const { mode, lack } of modesHere()) {
    const name = `${what}, in the mode ${mode}`
    if (lack === undefined) describe(name, () => body(mode))
    else describe.skip(`${name}: ${lack}`, () => body(mode))
  }
}
