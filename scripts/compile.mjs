// Compiles C guests to WebAssembly with @yowasp/clang: `node scripts/compile.mjs out.wasm [clang options] file.c …`.
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Exit, runClang } from '@yowasp/clang'

const root = fileURLToPath(new URL('..', import.meta.url))

/** The folder as the tree of names and contents that the compiler's virtual file system takes. Only sources and headers. */
async function tree(folder) {
  const result = {}
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) result[entry.name] = await tree(path)
    else if (/\.(c|h|cc|cpp|hpp|inc)$/.test(entry.name)) result[entry.name] = await readFile(path)
  }
  return result
}

async function sources() {
  return { c: await tree(join(root, 'c')), test: { guests: await tree(join(root, 'test/guests')) }, bench: await tree(join(root, 'bench')) }
}

let files
let queue = Promise.resolve()

/** Compiles `arguments_` (clang's own, paths relative to the project) to the file `output`. Rejects with the compiler's messages. */
export function compile(output, arguments_) {
  queue = queue.catch(() => {}).then(async () => {
    files ??= await sources()
    const messages = []
    const collect = (bytes) => bytes && messages.push(Buffer.from(bytes))
    const command = [arguments_.some((a) => /\.(cc|cpp)$/.test(a)) ? 'clang++' : 'clang']
    try {
      const built = await runClang(
        [...command, '--target=wasm32-wasip1', '-O2', '-Wall', '-Wextra', '-Werror', '-Ic', ...arguments_, '-o', 'out.wasm'],
        files,
        { stdout: collect, stderr: collect, fetchProgress: () => {} },
      )
      await mkdir(dirname(output), { recursive: true })
      await writeFile(output, built['out.wasm'])
    } catch (error) {
      if (error instanceof Exit) throw new Error(`${arguments_.join(' ')}\n${Buffer.concat(messages)}`)
      throw error
    }
  })
  return queue
}

/** The newest modification time, in ms, of anything a guest may be made of. */
export async function sourcesChangedAt() {
  const newest = async (folder) => {
    let time = 0
    for (const entry of await readdir(folder, { withFileTypes: true, recursive: true }))
      if (entry.isFile() && /\.(c|h|cc|cpp)$/.test(entry.name)) time = Math.max(time, (await stat(join(entry.parentPath ?? entry.path, entry.name))).mtimeMs)
    return time
  }
  const folders = await Promise.all(['c', 'test/guests', 'bench'].map((name) => newest(join(root, name))))
  return Math.max(...folders)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [output, ...rest] = process.argv.slice(2)
  if (!output || rest.length === 0) {
    console.error('usage: node scripts/compile.mjs out.wasm [clang options] file.c …')
    process.exit(2)
  }
  await compile(output, rest).catch((error) => {
    console.error(error.message)
    process.exit(1)
  })
}
