import { nearest } from '../../embedder/did-you-mean.js'
import { binaryTools } from '../../toolchain/names.js'
import { commands } from './table.js'

/** Programs of native toolchains that there are none of here, and what to call instead. */
const instead: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['ld', 'lld', 'ld.lld', 'wasm-ld', 'gold'].map((name) => [name, 'posix-wasm cc links, and takes -Wl,OPTION']),
  ),
  ...Object.fromEntries(['as', 'llc'].map((name) => [name, 'posix-wasm cc -c assembles'])),
  ...Object.fromEntries(['gcc', 'clang', 'c99', 'c89'].map((name) => [name, 'the compiler is posix-wasm cc'])),
  ...Object.fromEntries(['g++', 'clang++', 'cxx'].map((name) => [name, 'the compiler is posix-wasm c++'])),
  cpp: 'posix-wasm cc -E preprocesses',
  'c++filt': 'posix-wasm nm -C prints names of C++ as they were written',
  readelf: 'posix-wasm objdump -h shows the sections of a module',
}

/**
 * Describes a first word that is neither a command nor a file. Returns undefined for a word that looks like a path. It is
 * called after no such file was found, so a module can have any name.
 */
export function unknownWord(word: string): string | undefined {
  if (word.includes('/') || (word.includes('.') && !Object.hasOwn(instead, word))) return undefined
  const [, tool] = /^(?:llvm-)?(.+?)(?:-\d+)?$/.exec(word) ?? []
  const names = commands.map(({ name }) => name)
  const meant = names.find((name) => name === tool) ?? nearest(word, names)
  const tools = `cc, c++, ${binaryTools.join(', ')}`
  const hint = instead[word] ?? (meant === undefined ? `the tools are ${tools}` : `did you mean posix-wasm ${meant}?`)
  return `there is neither a command nor a module ${word}: ${hint}`
}
