// Compiles C guests to WebAssembly with @yowasp/clang: `node scripts/compile.mjs out.wasm [--libc] [clang options] file.c …`.
// With --libc the standard socket headers of c/libc are found first, and its functions are linked: for plain POSIX C.
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Exit, runClang, runLLVM } from '@yowasp/clang'

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
  return {
    c: await tree(join(root, 'c')),
    test: { guests: await tree(join(root, 'test/guests')) },
    bench: await tree(join(root, 'bench')),
  }
}

const target = ['--target=wasm32-wasip1', '-O2', '-Wall', '-Wextra', '-Werror', '-Ic']
/** What plain POSIX C and C++ is compiled with. setjmp needs exceptions, in the form that Node 20 knows. */
const libcOptions = [
  ...['-isystem', 'c/libc/include'],
  ...['SIGNAL', 'PROCESS_CLOCKS', 'GETPID', 'MMAN'].map((name) => `-D_WASI_EMULATED_${name}`),
  ...['-mexception-handling', '-mllvm', '-wasm-enable-sjlj', '-mllvm', '-wasm-use-legacy-eh=true'],
]
/** The archive comes first: what it has goes before the same of wasi-libc and its emulations. */
const libcLibraries = [
  ...['process-clocks', 'getpid', 'mman', 'signal'].map((name) => `-lwasi-emulated-${name}`),
  '-lsetjmp',
]
const libcFile = join(root, 'build/libposix.a')

/** Runs a compiler's command; resolves to the files it leaves behind, rejects with its messages. */
async function run(tool, command, files) {
  const messages = []
  const collect = (bytes) => bytes && messages.push(Buffer.from(bytes))
  try {
    return await tool(command, files, { stdout: collect, stderr: collect, fetchProgress: () => {} })
  } catch (error) {
    if (error instanceof Exit) throw new Error(`${command.join(' ')}\n${Buffer.concat(messages)}`)
    throw error
  }
}

async function buildLibc() {
  const names = Object.keys(files.c.libc.src).filter((name) => name.endsWith('.c'))
  const built = await run(
    runClang,
    ['clang', ...target, ...libcOptions, '-c', ...names.map((name) => `c/libc/src/${name}`)],
    files,
  )
  const objects = names.map((name) => name.replace(/c$/, 'o'))
  const { 'libposix.a': archive } = await run(runLLVM, ['ar', 'rcs', 'libposix.a', ...objects], built)
  await mkdir(dirname(libcFile), { recursive: true })
  await writeFile(`${libcFile}.${process.pid}`, archive)
  await rename(`${libcFile}.${process.pid}`, libcFile) // whole at any moment, for whoever else compiles
  return archive
}

/** The libc layer as an archive: the one built before, unless a source is newer. */
async function libc() {
  const builtAt = await stat(libcFile).then(
    (file) => file.mtimeMs,
    () => 0,
  )
  return builtAt > (await newest('c')) ? readFile(libcFile) : buildLibc()
}

let files
let library
let queue = Promise.resolve()

/** Compiles `arguments_` (clang's own or --libc, paths relative to the project) to the file `output`. Rejects with the compiler's messages. */
export function compile(output, arguments_) {
  queue = queue
    .catch(() => {})
    .then(async () => {
      await runLLVM(null, {}, { fetchProgress: () => {} }) // loads the compiler; otherwise its driver reports the progress
      files ??= await sources()
      const compiler = arguments_.some((a) => /\.(cc|cpp)$/.test(a)) ? 'clang++' : 'clang'
      const own = arguments_.filter((a) => a !== '--libc')
      const withLibc = own.length < arguments_.length
      if (withLibc) library ??= await libc()
      const command = withLibc ? [...libcOptions, 'libposix.a', ...own, ...libcLibraries] : own
      const built = await run(
        runClang,
        [compiler, ...target, ...command, '-o', 'out.wasm'],
        withLibc ? { ...files, 'libposix.a': library } : files,
      )
      await mkdir(dirname(output), { recursive: true })
      await writeFile(output, built['out.wasm'])
    })
  return queue
}

/** Compiles texts, names to contents, that use the libc layer, and links them unless an option says otherwise. Rejects with the compiler's messages. */
export function compileTexts(texts, options) {
  queue = queue
    .catch(() => {})
    .then(async () => {
      await runLLVM(null, {}, { fetchProgress: () => {} })
      files ??= await sources()
      library ??= await libc()
      const names = Object.keys(texts)
      const compiler = names.some((name) => name.endsWith('.cpp')) ? 'clang++' : 'clang'
      const linked = options.includes('-fsyntax-only') ? [] : ['libposix.a', ...libcLibraries]
      const command = [compiler, ...target, ...libcOptions, ...options, ...names, ...linked]
      await run(runClang, command, { ...files, 'libposix.a': library, ...texts })
    })
  return queue
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
  return Math.max(...(await Promise.all(['c', 'test/guests', 'bench'].map(newest))))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [output, ...rest] = process.argv.slice(2)
  if (!output || rest.length === 0) {
    console.error('usage: node scripts/compile.mjs out.wasm [--libc] [clang options] file.c …')
    process.exit(2)
  }
  await compile(output, rest).catch((error) => {
    console.error(error.message)
    process.exit(1)
  })
}
