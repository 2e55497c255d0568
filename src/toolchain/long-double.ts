import fs from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from './places.js'
import { wasmSection } from './wasm-section.js'

/** The printf, scanf and strtold of wasi-libc that know long double. They add 17 KB, and parse a double 6 times slower. */
const LIBRARY = '-lc-printscan-long-double'

const DATA_SECTION = 11

/** A conversion of printf or scanf for long double. */
const CONVERSION = /%(?:\d+\$)?[-+ #0'*]*[\d.*$]*L[aAeEfFgG]/

/** Functions of the linker's map that read a long double from text. */
const READS = /\s(?:str|wcs)told(?:_l)?$/m

/** Functions of the compiler's that compute with long doubles: a format may be made at run time. */
const COMPUTES = /\s__(?:\w+tf(?:[23]|[sdth][fi]2?)|float\w*[sdt]itf)$/m

/** One run of the compiler that links. */
export interface Linking {
  readonly output: string
  /** True where a second run would not see the same input: it came from standard input. */
  readonly isOnce: boolean
  /** True where the library is the better guess: libc++'s streams need it. */
  readonly isLikely: boolean
  /** Runs the compiler with these flags before its arguments and after them; resolves to its exit code. */
  compile(before: readonly string[], after: readonly string[]): Promise<number>
}

/**
 * Links with wasi-libc's long-double code if the program uses it. The first run has it or not, as is likely; the linker's map and the
 * formats in the output show whether that was right. If not, a second run corrects it.
 */
export async function linkLongDouble({ output, isOnce, isLikely, compile }: Linking): Promise<number> {
  if (isOnce) return compile([], [LIBRARY])
  const folder = fs.mkdtempSync(path.join(temporaryFolder(), 'posix-wasm-map-'))
  try {
    const map = path.join(folder, 'map')
    const code = await compile([`-Wl,-Map=${map}`], isLikely ? [LIBRARY] : [])
    if (code !== 0 || usesLongDouble(output, map, isLikely) === isLikely) return code
    return await compile(['-w'], isLikely ? [] : [LIBRARY]) // warnings have been printed
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns whether a program needs the library; if in doubt, it does. */
function usesLongDouble(output: string, mapFile: string, isLinked: boolean): boolean {
  if (!fs.statSync(output, { throwIfNoEntry: false })?.isFile()) return isLinked
  const map = textOf(mapFile)
  if (map === undefined || READS.test(map)) return true
  if (!isLinked && COMPUTES.test(map)) return true // the library itself computes with them
  const data = wasmSection(fs.readFileSync(output), DATA_SECTION)?.toString('latin1') ?? ''
  return CONVERSION.test(data) || wideTexts(data).some((text) => CONVERSION.test(text))
}

/** Returns the texts of `wchar_t`, which has four bytes. */
function wideTexts(data: string): string[] {
  return (data.match(/(?:[ -~]\0\0\0)+/g) ?? []).map((text) => text.replaceAll('\0', ''))
}

/** Returns undefined where there is no such file: an option of the user's names another. */
function textOf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return undefined
  }
}
