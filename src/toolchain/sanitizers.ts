import type { Word } from './clang-options.js'
import { UsageError } from './toolchain-error.js'

/** Checks that need no run-time library when they trap, by the groups that clang has for them. */
const groups: Readonly<Record<string, readonly string[]>> = {
  shift: ['shift-base', 'shift-exponent'],
  bounds: ['array-bounds', 'local-bounds'],
  nullability: ['nullability-arg', 'nullability-assign', 'nullability-return'],
  'implicit-integer-truncation': ['implicit-unsigned-integer-truncation', 'implicit-signed-integer-truncation'],
  'implicit-integer-arithmetic-value-change': ['implicit-integer-sign-change', 'implicit-signed-integer-truncation'],
  'implicit-integer-conversion': ['implicit-integer-truncation', 'implicit-integer-sign-change'],
  'implicit-conversion': ['implicit-integer-conversion', 'implicit-bitfield-conversion'],
  integer: [
    'signed-integer-overflow',
    'unsigned-integer-overflow',
    'shift',
    'unsigned-shift-base',
    'integer-divide-by-zero',
    'implicit-conversion',
  ],
  undefined: [
    'alignment',
    'bool',
    'builtin',
    'array-bounds',
    'enum',
    'float-cast-overflow',
    'integer-divide-by-zero',
    'nonnull-attribute',
    'null',
    'object-size',
    'pointer-overflow',
    'return',
    'returns-nonnull-attribute',
    'shift',
    'signed-integer-overflow',
    'unreachable',
    'vla-bound',
  ],
}
const others = ['float-divide-by-zero']

/** Sanitizers of clang for other targets. A name that is in neither list is clang's to refuse. */
const elsewhere = new Set(
  (
    'address kernel-address pointer-compare pointer-subtract hwaddress kernel-hwaddress thread memory kernel-memory ' +
    'leak dataflow type numerical realtime safe-stack shadow-call-stack scudo fuzzer fuzzer-no-link memtag memtag-stack ' +
    'memtag-heap memtag-globals function vptr kcfi cfi cfi-cast-strict cfi-derived-cast cfi-icall cfi-mfcall ' +
    'cfi-unrelated-cast cfi-nvcall cfi-vcall alloc-token'
  ).split(' '),
)

const members: ReadonlySet<string> = new Set([...Object.keys(groups).flatMap(expanded), ...others])

const HELP =
  '-fsanitize=undefined (or integer, bounds, nullability) with -fsanitize-trap=all works: a fault is a trap, whose ' +
  'stack is printed'

/** Refuses sanitizers that would need a run-time library, since there is none for WebAssembly, in one line. */
export function refuseSanitizers(words: readonly Word[]): void {
  const has = (option: string) => words.some((word) => word.option === option)
  const checks = chosen(words, '-fsanitize=', '-fno-sanitize=')
  const foreign = [...checks].filter((name) => elsewhere.has(name))
  if (foreign.length > 0)
    throw new UsageError(`error: there is no -fsanitize=${foreign.join(',')} for WebAssembly; ${HELP}`)
  if (has('-fno-sanitize-link-runtime')) return // the program brings its own
  const trapping = chosen(words, '-fsanitize-trap=', '-fno-sanitize-trap=')
  const reporting = [...checks].some((name) => members.has(name) && name !== 'local-bounds' && !trapping.has(name))
  if (reporting) throw new UsageError(`error: there is no run-time library for sanitizers that report; ${HELP}`)
}

/** The checks that options add and take away again, from the first to the last. */
function chosen(words: readonly Word[], adding: string, removing: string): Set<string> {
  const names = new Set<string>()
  for (const { option, value = '' } of words) {
    const listed = value.split(',').flatMap(expanded)
    if (option === adding) for (const name of listed) names.add(name)
    else if (option === removing) for (const name of listed) names.delete(name)
    else if (adding === '-fsanitize-trap=' && isTrapForAll(option)) for (const name of members) names.add(name)
  }
  return names
}

function isTrapForAll(option: string): boolean {
  return option === '-fsanitize-trap' || option === '-fsanitize-undefined-trap-on-error'
}

function expanded(name: string): string[] {
  if (name === 'all') return [...members, ...elsewhere]
  return groups[name]?.flatMap(expanded) ?? [name]
}
