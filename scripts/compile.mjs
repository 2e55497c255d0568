// Compiles the project's own guests with `posix-wasm cc`, and always with the compiler that npm installs, so that they are the same everywhere.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const cli = join(root, 'dist/cli.js')
const strictly = ['-O2', '-Wall', '-Wextra', '-Werror']

/** Without our libc layer: what whoever has no more than a clang and wasi-libc links with. */
export const bare = ['-nodefaultlibs', '-lc']

/** Compiles clang's own arguments, paths relative to the project, to the file `output`. Rejects with the compiler's messages. */
export async function compile(output, args) {
  await mkdir(dirname(output), { recursive: true })
  await cc([...strictly, ...args, '-o', output], root)
}

/** Compiles texts, by the names of the files they would be, all into one program. */
export async function compileTexts(texts, options) {
  const folder = await mkdtemp(join(os.tmpdir(), 'posix-wasm-texts-'))
  try {
    for (const [name, text] of Object.entries(texts)) await writeFile(join(folder, name), text)
    await cc([...strictly, ...options, ...Object.keys(texts)], folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function cc(args, cwd) {
  const language = args.some((arg) => /\.(cc|cpp)$/.test(arg)) ? 'c++' : 'cc'
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: 'npm',
    POSIX_WASM_CACHE: join(root, 'build/cache'),
  }
  const { stderr } = await promisify(execFile)(process.execPath, [cli, language, ...args], {
    cwd,
    env,
    maxBuffer: 1 << 24,
  })
  if (stderr !== '') console.error(stderr)
}

/** The newest modification time, in ms, of the sources in `folder` of the project. */
async function newest(folder) {
  let time = 0
  for (const entry of await readdir(join(root, folder), { withFileTypes: true, recursive: true }))
    if (entry.isFile() && /\.(c|h|cc|cpp)$/.test(entry.name))
      time = Math.max(time, (await stat(join(entry.parentPath ?? entry.path, entry.name))).mtimeMs)
  return time
}

/** The newest modification time, in ms, of anything a guest may be made of. */
export async function sourcesChangedAt() {
  return Math.max(...(await Promise.all(['c', 'test/guests', 'test/tls', 'bench'].map(newest))))
}
