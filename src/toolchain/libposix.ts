import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { madeOnce, packageFolder } from './places.js'
import type { Toolchain } from './toolchain.js'
import { ToolchainError } from './toolchain-error.js'

const headers = path.join(packageFolder, 'c/libc/include')
const sources = path.join(packageFolder, 'c/libc/src')

/** What wasi-libc only emulates, and therefore wants to be asked for. */
const emulations = { SIGNAL: 'signal', PROCESS_CLOCKS: 'process-clocks', GETPID: 'getpid', MMAN: 'mman' }

/** What a compiler is told for any C or C++: target, and setjmp. */
const bareFlags: readonly string[] = [
  '--target=wasm32-wasip1',
  '-mexception-handling',
  '-mllvm',
  '-wasm-enable-sjlj',
  '-D__unix__',
  '-D__unix',
  ...Object.keys(emulations).map((name) => `-D_WASI_EMULATED_${name}`),
  '-idirafter',
  path.join(packageFolder, 'c'),
]

/** The same for a POSIX program. */
export const posixFlags: readonly string[] = [...bareFlags, '-isystem', headers]

/** Returns the flags of one command. Without our library it has only wasi-libc's headers: ours give some functions other names. */
export function compileFlags({ ownLibraries }: { readonly ownLibraries: boolean }): readonly string[] {
  return ownLibraries ? bareFlags : posixFlags
}

/** Linux gives a main thread 8 MiB; wasm-ld would give 64 KiB. At the bottom of memory an overflow traps instead of overwriting data. */
const stack = ['-Wl,-z,stack-size=8388608', '-Wl,--stack-first']

/**
 * Returns the linker's arguments that stand before the program's own objects and libraries, and those after them. Of two archives that
 * define a function the first wins, so ours comes first: some functions replace those of wasi-libc. The archive that calls `main`
 * comes last, since a `main` may be in any archive of the program.
 */
export async function posixLinkFlags(
  toolchain: Toolchain,
  { needsMain }: { needsMain: boolean },
): Promise<{ before: string[]; after: string[] }> {
  const folder = await libposix(toolchain)
  const emulated = Object.values(emulations).map((name) => `-lwasi-emulated-${name}`)
  return {
    before: [...stack, path.join(folder, 'start.o'), path.join(folder, 'libposix.a')],
    after: [`-L${folder}`, ...(needsMain ? ['-lposix-main'] : []), ...emulated, '-lsetjmp'],
  }
}

/** Libraries that programs for Linux name, and that have nothing to add here: the compiler or the C library has their functions. */
const emptyLibraries = ['atomic', 'nsl', 'anl', 'gcc', 'gcc_s', 'gcc_eh', 'ssp', 'ssp_nonshared', 'c_nonshared']
const EMPTY_ARCHIVE = '!<arch>\n'

/** Objects that are not in `libposix.a`: one that every program is linked with, and one for an archive of its own. */
const START = 'start.o'
const MAIN = 'main_void.o'

/** Returns the folder with `libposix.a` and the rest, compiled by this toolchain once. */
function libposix(toolchain: Toolchain): Promise<string> {
  const files = [...filesIn(headers), ...filesIn(sources), path.join(packageFolder, 'c/posix_sockets.h')]
  const state = files.map((file) => `${file} ${fs.statSync(file).mtimeMs}`).join('\n')
  const key = createHash('sha256').update(`${about.version}\n${toolchain.id}\n${state}`).digest('hex').slice(0, 16)
  return madeOnce(`libposix-${key}`, async (folder) => {
    const inFolder = async (run: () => Promise<number>) => {
      const cwd = process.cwd()
      process.chdir(folder)
      try {
        if ((await run()) !== 0)
          throw new ToolchainError('the libc layer does not compile with this compiler; see above')
      } finally {
        process.chdir(cwd)
      }
    }
    const names = filesIn(sources).filter((file) => file.endsWith('.c'))
    await inFolder(() => toolchain.compile('c', [...toolchain.flags, ...posixFlags, '-O2', '-w', '-c', ...names]))
    const objects = fs.readdirSync(folder).filter((name) => name !== START)
    const ar = toolchain.tool('ar')
    if (ar === undefined) throw new ToolchainError('this toolchain has no ar')
    await inFolder(() => ar(['rcs', 'libposix.a', ...objects.filter((name) => name !== MAIN)]))
    await inFolder(() => ar(['rcs', 'libposix-main.a', MAIN]))
    for (const name of objects) fs.rmSync(path.join(folder, name))
    for (const name of emptyLibraries) fs.writeFileSync(path.join(folder, `lib${name}.a`), EMPTY_ARCHIVE)
  })
}

function filesIn(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}
