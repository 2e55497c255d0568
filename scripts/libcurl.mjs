// `make libcurl`: zlib, mbedTLS and the real curl, library and tool, for WebAssembly, from their Debian sources into build/libcurl.
// The sources are as they were released, the build is the plain `./configure` and `make` with `posix-wasm cc`. With --native
// the same with the system's compiler, into build/libcurl-native: for comparisons.
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { debianSource, SourceError } from './debian-source.mjs'
import {
  asArguments,
  buildEnvironment,
  nativeTools,
  PortError,
  parallel,
  requirePrograms,
  step,
  tools,
} from './port.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const native = process.argv.includes('--native')
const used = native ? nativeTools : tools
const prefix = join(root, native ? 'build/libcurl-native' : 'build/libcurl')
const marker = join(prefix, '.built')

/** What curl is told to do without: libraries that are not built here, and threads. Everything else it finds out by itself. */
const curlOptions = [
  '--disable-shared',
  '--disable-threaded-resolver',
  ...['libpsl', 'brotli', 'zstd', 'libidn2', 'nghttp2', 'librtmp', 'libssh2'].map((name) => `--without-${name}`),
  ...['ldap', 'ldaps'].map((name) => `--disable-${name}`),
]

async function main() {
  const state = await stateOfSources()
  if ((await readFile(marker, 'utf8').catch(() => '')) === state) return console.log(`${prefix} is up to date`)
  requirePrograms({ make: 'make', nm: 'binutils', 'dpkg-source': 'dpkg-dev', ...(native && { gcc: 'gcc' }) })
  await rm(prefix, { recursive: true, force: true })
  const env = await buildEnvironment()
  const run = (title, cwd, command) =>
    step(title, { command, cwd, env, log: join(prefix, `${title.replaceAll(' ', '-')}.log`) })
  await buildZlib(run)
  await buildMbedtls(run)
  await buildCurl(run)
  await writeFile(marker, state)
  console.log(`built ${prefix}/bin/curl and ${prefix}/lib/libcurl.a`)
}

async function buildZlib(run) {
  const source = await debianSource('zlib', { patched: false })
  const work = await workFolder('zlib')
  const configure = [join(source, 'configure'), '--static', `--prefix=${prefix}`]
  await run('zlib configure', work, ['env', ...asArguments(used), ...configure])
  await run('zlib make', work, ['make', parallel, 'libz.a'])
  await run('zlib install', work, ['make', 'install'])
}

/** Its makefile builds in the source folder alone, so this is a copy. */
async function buildMbedtls(run) {
  const source = await debianSource('mbedtls', { patched: false })
  const work = await workFolder('mbedtls')
  const archives = ['libmbedtls.a', 'libmbedx509.a', 'libmbedcrypto.a']
  for (const folder of ['3rdparty', 'include', 'library'])
    await cp(join(source, folder), join(work, folder), { recursive: true })
  await run('mbedTLS make', join(work, 'library'), ['make', parallel, ...asArguments(used), ...archives])
  for (const folder of ['mbedtls', 'psa'])
    await cp(join(work, 'include', folder), join(prefix, 'include', folder), { recursive: true })
  for (const name of archives) await cp(join(work, 'library', name), join(prefix, 'lib', name))
}

async function buildCurl(run) {
  const source = await debianSource('curl', { patched: false })
  const work = await workFolder('curl')
  const places = [`--prefix=${prefix}`, `--with-mbedtls=${prefix}`, `--with-zlib=${prefix}`]
  await run('curl configure', work, [join(source, 'configure'), ...asArguments(used), ...places, ...curlOptions])
  await run('curl make', work, ['make', parallel])
  await run('curl install', work, ['make', 'install'])
}

async function workFolder(name) {
  const folder = join(prefix, 'work', name)
  await mkdir(folder, { recursive: true })
  return folder
}

/** Tells whether what was built is still what would be built: changes with the libc layer, the compiler's driver, and the options here. */
async function stateOfSources() {
  const hash = createHash('sha256')
  for (const folder of ['c/libc', 'src/toolchain'])
    for (const entry of await readdir(join(root, folder), { withFileTypes: true, recursive: true }))
      if (entry.isFile()) hash.update(await readFile(join(entry.parentPath ?? entry.path, entry.name)))
  for (const file of ['c/posix_sockets.h', 'scripts/libcurl.mjs']) hash.update(await readFile(join(root, file)))
  return hash.digest('hex')
}

try {
  await main()
} catch (error) {
  if (!(error instanceof PortError || error instanceof SourceError)) throw error
  console.error(`make libcurl: ${error.message}`)
  process.exitCode = 1
}
