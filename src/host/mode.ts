import os from 'node:os'
import { lackOfSuspension } from '../abi/suspension.js'
import { OptionError } from './errors.js'
import { MODE_VARIABLE } from './mode-variable.js'
import { lackOfNative } from './native-lack.js'

/**
 * How a guest waits: its thread is blocked, while a helper worker has the sockets; it is suspended on the caller's thread, which is free
 * meanwhile; or its thread is blocked in the system's own calls.
 */
export type Mode = 'worker' | 'suspend' | 'native'
/** `auto` is the fastest that there is and that fits. */
export type ModeOption = 'auto' | Mode

/** What the choice depends on, besides what is asked for. */
export interface ModeTerms {
  /** Whether a guest may be run on the caller's thread, and hold it up while it computes, without being asked. */
  readonly mayTakeThread: boolean
  /** False where the guest's network is none of this machine's, so that there is nothing to make calls of the system for. */
  readonly isOnMachine?: boolean
  /** What `auto` is to be, where that can be had. */
  readonly preferred?: string | undefined
  /** Of this machine. Default: as many as Node knows of. */
  readonly processors?: number
}

/** The mode that is taken, and why, in words that follow its name. */
export interface ChosenMode {
  readonly mode: Mode
  readonly why: string
}

/** What stands in a mode's way on this machine; undefined for nothing. In the order of their speed. */
const lacks: readonly (readonly [Mode, () => string | undefined])[] = [
  ['native', () => lackOfNative({ isAskedFor: false })],
  ['suspend', lackOfSuspension],
  ['worker', () => undefined],
]

export const modeOptions: readonly ModeOption[] = ['auto', 'worker', 'suspend', 'native']

/** Whether a mode can be had here. */
export interface ModeHere {
  readonly mode: Mode
  /** What stands in its way where it is not asked for, and `auto` is to choose; undefined for nothing. */
  readonly lack: string | undefined
  /** The same where it is asked for. */
  readonly lackIfAsked: string | undefined
}

/** Every mode, the fastest first. */
export function modesHere(): ModeHere[] {
  return lacks.map(([mode, lackOf]) => {
    const lack = lackOf()
    return { mode, lack, lackIfAsked: mode === 'native' ? lackOfNative({ isAskedFor: true }) : lack }
  })
}

/** Throws an `OptionError` that tells the reason where the mode that is wanted cannot be had. */
export function chooseMode(wanted: ModeOption, terms: ModeTerms): ChosenMode {
  const { mayTakeThread, isOnMachine = true, processors = os.availableParallelism() } = terms
  const lackOf = (mode: Mode) =>
    mode === 'native' && !isOnMachine ? 'the network is given' : lacks.find(([each]) => each === mode)?.[1]()
  if (wanted !== 'auto') {
    const lack = wanted === 'native' && isOnMachine ? lackOfNative({ isAskedFor: true }) : lackOf(wanted)
    if (lack !== undefined) throw new OptionError(`the mode ${wanted} cannot be had: ${lack}`)
    return { mode: wanted, why: 'it was asked for' }
  }
  const preferred = lacks.find(([mode]) => mode === terms.preferred)?.[0]
  if (preferred !== undefined && lackOf(preferred) === undefined)
    return { mode: preferred, why: `${MODE_VARIABLE} says so` }
  if (lackOf('native') === undefined) return { mode: 'native', why: 'it is the fastest' }
  if (processors > 1) return { mode: 'worker', why: 'a second processor is free for the helper' }
  if (!mayTakeThread) return { mode: 'worker', why: "the caller's thread stays free" }
  const lack = lackOf('suspend')
  if (lack !== undefined) return { mode: 'worker', why: `suspend cannot be had: ${lack}` }
  return { mode: 'suspend', why: 'there is one processor, which a helper would have to share' }
}
