import about from '../../../package.json' with { type: 'json' }
import { limitWords } from '../../host/limits-option.js'
import { modeOptions } from '../../host/mode.js'
import { packageFolder } from '../../toolchain/places.js'
import { exitCodes } from '../exit-codes.js'
import { versionText } from '../version.js'
import { completionFor } from './completion.js'
import { helpText } from './help.js'
import { manPage } from './man-page.js'
import { optionGroups, shells } from './table.js'

export { LearnedRules } from './learned-rules.js'
export { unknownWord } from './unknown-word.js'

/* What is asked of the command itself: loaded when it is. */

const groups = () => optionGroups([...limitWords.keys()], modeOptions)

/** Prints the answer to a question, and returns the exit code. `line` is the whole command line. */
export function answer(question: string, line: readonly string[]): number {
  if (question === 'completion') return completion(line.slice(1))
  console.log(question === 'version' ? versionText(about.version, line) : help())
  return 0
}

export function help(): string {
  return helpText(groups(), packageFolder)
}

export function manual(): string {
  return manPage(groups(), about.version)
}

function completion([shell, ...more]: readonly string[]): number {
  const text = more.length === 0 ? completionFor(shell ?? '', groups()) : undefined
  if (text !== undefined) console.log(text)
  else console.error(`posix-wasm: write it as posix-wasm completion ${shells.join('|')}`)
  return text === undefined ? exitCodes.usage : 0
}
