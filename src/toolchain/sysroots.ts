import fs from 'node:fs'
import path from 'node:path'
import type { CommandLine } from './command-line.js'

/** Where a sysroot for WASI has headers and libraries, the latter by the target's names of today and of before. */
const headers = ['include/wasm32-wasip1', 'include/wasm32-wasi', 'include']
const libraries = ['lib/wasm32-wasip1', 'lib/wasm32-wasi', 'lib']

/**
 * Returns the flags for folders that `--sysroot` names. The C library is the toolchain's in any case, since libposix is compiled for it;
 * other headers and libraries, which a person has installed there, are found behind it.
 */
export function sysrootFlags({ sysroots, links }: CommandLine): string[] {
  const below = (names: readonly string[]) =>
    sysroots.flatMap((sysroot) => names.map((name) => path.join(sysroot, name))).filter((each) => fs.existsSync(each))
  return [
    ...below(headers).flatMap((folder) => ['-idirafter', folder]),
    ...(links ? below(libraries).flatMap((folder) => ['-Xlinker', `-L${folder}`]) : []),
  ]
}
