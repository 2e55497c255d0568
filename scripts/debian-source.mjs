// Fetches Debian source packages into build/sources: `node scripts/debian-source.mjs [--upstream] NAME …`. With --upstream it is
// what the authors released, without Debian's patches. Source entries go into a configuration of our own, not into the machine's.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'

const sources = fileURLToPath(new URL('../build/sources', import.meta.url))
const configured = '/etc/apt'
const limitMs = 300_000

/** What is said without a stack: something that the machine lacks. */
export class SourceError extends Error {}

/** The folder of the source package `name`, fetched unless it is there: as Debian builds it, or with `patched: false` as its authors released it. */
export async function debianSource(name, { patched = true } = {}) {
  if (!/^[a-z0-9][a-z0-9.+-]+$/.test(name)) throw new SourceError(`'${name}' is no name of a Debian source package`)
  return madeOnce(join(sources, patched ? name : `${name}.orig`), async (folder) => {
    const downloads = await madeOnce(join(sources, '.downloads', name), (into) => download(name, into))
    const files = await readdir(downloads)
    const described = files.find((file) => file.endsWith('.dsc'))
    const released = files.find((file) => /\.orig\.tar\.\w+$/.test(file))
    if (!patched && released !== undefined)
      return run('tar', ['-xf', join(downloads, released), '-C', folder, '--strip-components=1', '--no-same-owner'])
    await rm(folder, { recursive: true }) // dpkg-source wants to make it
    await run('dpkg-source', ['--no-check', '--no-copy', '-x', join(downloads, described), folder])
  })
}

/** The folder, made by `make` unless it is there. It appears whole or not at all, whoever else makes it at the same time. */
async function madeOnce(folder, make) {
  if (existsSync(folder)) return folder
  await mkdir(join(folder, '..'), { recursive: true })
  const unfinished = await mkdtemp(join(folder, '..', `.${basename(folder)}-`))
  try {
    await make(unfinished)
    await chmod(unfinished, 0o755)
    await rename(unfinished, folder)
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true })
    if (!existsSync(folder)) throw error
  }
  return folder
}

/**
 * The package's files; apt checks their signed sums. A list of before may name files that are no more, and a mirror an update
 * whose files it has dropped, beside the version of the release.
 */
async function download(name, folder) {
  for (const tool of ['apt-get', 'dpkg-source']) await run(tool, ['--version'])
  const fetch = async (wanted) => run('apt-get', [...(await ownApt()), 'source', '--download-only', wanted], folder)
  try {
    await fetch(name)
  } catch {
    await rm(lists, { recursive: true, force: true })
    const wanted = [name, ...(await versions(name)).map((version) => `${name}=${version}`)]
    await anyOf(wanted.map((each) => () => fetch(each)))
  }
}

/** Does the first that can be done; throws the error of the first if none can. */
async function anyOf([first, ...others]) {
  try {
    await first()
  } catch (error) {
    for (const other of others) {
      const failed = await other().then(
        () => false,
        () => true,
      )
      if (!failed) return
    }
    throw error
  }
}

/** The versions that the lists name. */
async function versions(name) {
  const { stdout } = await run('apt-cache', [...(await ownApt()), 'showsrc', '--only-source', name]).catch(() => ({
    stdout: '',
  }))
  return [...stdout.matchAll(/^Version: (\S+)$/gm)].map(([, version]) => version)
}

const lists = join(sources, '.apt')

/** Options for an apt that knows where the sources of the machine's packages are, and keeps all it writes in build/sources. */
async function ownApt() {
  const folder = await madeOnce(lists, async (unfinished) => {
    await Promise.all(
      ['entries', 'lists/partial', 'cache'].map((name) => mkdir(join(unfinished, name), { recursive: true })),
    )
    const entries = await sourceEntries()
    if (entries.length === 0) throw new SourceError(`${configured} names no place to fetch packages from`)
    for (const { file, text } of entries) await writeFile(join(unfinished, 'entries', file), text)
    // Some place may have no sources, which fails the whole: whether the package is found then tells.
    await run('apt-get', [...optionsFor(unfinished), '-q', 'update']).catch(() => {})
  })
  return optionsFor(folder)
}

function optionsFor(folder) {
  const options = {
    'Dir::Etc::sourcelist': '/dev/null',
    'Dir::Etc::sourceparts': join(folder, 'entries'),
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': process.getuid?.() === 0 ? 'root' : '', // apt's own user may not see this folder
  }
  return Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
}

/** The machine's own entries, for binary packages, turned into those for their sources. */
async function sourceEntries() {
  const parts = await readdir(join(configured, 'sources.list.d')).catch(() => [])
  const files = ['sources.list', ...parts.map((name) => join('sources.list.d', name))]
  const found = files
    .filter((file) => /\.(list|sources)$/.test(file))
    .map(async (file) => {
      const text = await readFile(join(configured, file), 'utf8').catch(() => '')
      return { file: basename(file), text: file.endsWith('.list') ? oneLine(text) : deb822(text) }
    })
  return (await Promise.all(found)).filter(({ text }) => text.includes('deb-src'))
}

const oneLine = (text) =>
  (text.match(/^deb[ \t].*$/gm) ?? []).map((line) => `${line.replace(/^deb/, 'deb-src')}\n`).join('')

const deb822 = (text) => text.replace(/^Types:.*\bdeb\b(?!-).*$/gim, 'Types: deb-src')

async function run(tool, args, cwd) {
  try {
    const env = { ...process.env, LC_ALL: 'C' }
    return await promisify(execFile)(tool, args, { cwd, env, timeout: limitMs, maxBuffer: 1 << 26 })
  } catch (error) {
    if (error.code === 'ENOENT') throw new SourceError(missing(tool))
    const said = `${error.stderr ?? ''}`.trim().split('\n').at(-1) || error.message
    throw new SourceError(`${basename(tool)} ${args.at(-1)} failed: ${said}`)
  }
}

const missing = (tool) =>
  tool === 'apt-get'
    ? 'there is no apt-get: sources are fetched as Debian packages, on Debian or one of its kin'
    : `there is no ${tool}: install it with apt-get install ${tool === 'dpkg-source' ? 'dpkg-dev' : tool}`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({ options: { upstream: { type: 'boolean' } }, allowPositionals: true })
  try {
    if (positionals.length === 0) throw new SourceError('usage: node scripts/debian-source.mjs [--upstream] NAME …')
    for (const name of positionals) console.log(await debianSource(name, { patched: !values.upstream }))
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
