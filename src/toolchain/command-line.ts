import { type Word, wordsOf } from './clang-options.js'
import { withoutMeaningless } from './linker-options.js'
import { expandResponseFiles } from './response-files.js'
import { refuseSanitizers } from './sanitizers.js'
import { UsageError } from './toolchain-error.js'

/** Options with which clang stops before it links, or does not compile at all. */
const withoutLinking =
  /^(-c|-S|-E|-M|-MM|-fsyntax-only|--analyze|-r|--preprocess|--compile|--assemble|--precompile|--dependencies|--user-dependencies|-(-print|print|-version$|-help|help$|dump(machine|version)|###|-autocomplete).*)$/

/** Options of native compilers for which a WebAssembly program has no counterpart. */
const meaningless = /^(-rdynamic|-pie|-no-pie|-pthreads?|-static-pie)$/

/** Programs for which there is no `main`. */
const withoutMain = /^(-nostartfiles|-nostdlib|-shared|-mexec-model=reactor|-r)$/

/** The one target, by its names of today and of before. A target without a system is for objects that need no library. */
const ownTarget = /^wasm32(-unknown)?-wasi(p1)?$/
const bareTarget = /^wasm32(-unknown-unknown(-wasm)?)?$/

/** What a compiler is asked to do, as far as the driver must know it. */
export interface CommandLine {
  /** The arguments, response files expanded, without those that have no meaning here. */
  readonly args: readonly string[]
  readonly inputs: readonly string[]
  readonly links: boolean
  readonly output: string | undefined
  /** `-nostdlib`, `-nodefaultlibs`: the libraries are the caller's affair. */
  readonly ownLibraries: boolean
  readonly needsMain: boolean
  readonly asksExceptions: boolean
  readonly verbose: boolean
  /** Our own option: the program is written as a script that runs itself. */
  readonly runnable: boolean
  /** Folders that `--sysroot` names: the toolchain has a sysroot of its own, so these only add to it. */
  readonly sysroots: readonly string[]
}

/** Reads the arguments of clang as clang does, in this one place: response files, values of options, `--`. */
export function readCommandLine(all: readonly string[]): CommandLine {
  const words = wordsOf(expandResponseFiles(all)).flatMap(translated)
  const has = (pattern: RegExp) => words.some(({ option }) => pattern.test(option))
  const valuesOf = (pattern: RegExp) =>
    words.flatMap(({ option, value }) => (pattern.test(option) && value !== undefined ? [value] : []))
  const inputs = words.flatMap(inputOf)
  if (inputs.length > 0) refuseSanitizers(words)
  const linked = valuesOf(/^(-Wl,|-Xlinker)$/).flatMap((value) => value.split(','))
  return {
    args: withoutMeaninglessOfLinker(words.filter(({ option }) => !ours.test(option))),
    inputs,
    output: valuesOf(/^(-o|--output=?)$/).at(-1),
    links: inputs.length > 0 && !has(withoutLinking),
    ownLibraries: has(/^-(nostdlib|nodefaultlibs|nolibc)$/),
    needsMain: !has(withoutMain) && !linked.some((each) => /^--?(no-entry|entry|shared|e$)/.test(each)),
    asksExceptions: has(/^-f(no-)?(wasm-|cxx-)?exceptions$/),
    verbose: has(/^-v$/),
    runnable: has(/^--runnable$/),
    sysroots: valuesOf(/^--sysroot=?$/),
  }
}

/** What the driver sees to by itself. */
const ours = /^(--sysroot=?|-target|--target=|--runnable)$/

function inputOf({ option, value = '' }: Word): string[] {
  if (option === '') return [value]
  return option === '-l' ? [`-l${value}`] : []
}

/** The words to use in the place of one. */
function translated(word: Word): Word[] {
  const { option, value = '' } = word
  if (meaningless.test(option)) return []
  if (option === '-l' && value === 'stdc++') return wordsOf(['-lc++', '-lc++abi'])
  if (!/^(-target|--target=)$/.test(option) || ownTarget.test(value)) return [word]
  if (bareTarget.test(value)) return [{ ...word, option: 'bare target' }]
  throw new UsageError(
    `there is no target ${value}: posix-wasm cc builds for wasm32-wasip1, which wasm32-wasi is the old name of`,
  )
}

/** Linker options come as `-Wl,one,two`, or one by one behind `-Xlinker`; an option and its value may be two such words. */
function withoutMeaninglessOfLinker(words: readonly Word[]): string[] {
  const rest = [...words]
  const args: string[] = []
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const { option } = word
    if (option !== '-Wl,' && option !== '-Xlinker') {
      args.push(...word.spelled)
      continue
    }
    const run = [word]
    while (rest[0]?.option === option) run.push(rest.shift() as Word)
    args.push(...linkerArguments(option, run))
  }
  return args
}

function linkerArguments(option: '-Wl,' | '-Xlinker', run: readonly Word[]): string[] {
  const values = run.flatMap(({ value = '' }) => (option === '-Wl,' ? value.split(',') : [value]))
  const kept = withoutMeaningless(values)
  if (option === '-Xlinker') return kept.flatMap((each) => [option, each])
  return kept.length > 0 ? [`-Wl,${kept.join(',')}`] : []
}
