import { describe } from 'vitest'
import type { Mode } from '../../src/host/mode.js'
import { describeModes } from './modes.js'

/** The borders of the sandbox that `test/attack` attacks; `make attack` prints the figures of each. */
export type Border =
  | 'rules'
  | 'directories'
  | 'calls'
  | 'host process'
  | 'recordings'
  | 'modules'
  | 'compiler'
  | 'two guests'

/** Describes attacks on a border that guests make, in every mode that this machine has. Each test is one attack; it passes if the border holds. */
export function describeAttacks(border: Border, body: (mode: Mode) => void): void {
  describeModes(`attack on ${border}`, body)
}

/** Describes attacks on a border that do not depend on a mode, because no guest runs. */
export function describeAttacksOutside(border: Border, body: () => void): void {
  describe(`attack on ${border}, outside of guests`, body)
}
