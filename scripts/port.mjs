// What building other people's programs with `posix-wasm cc` takes: the command in PATH, steps with a log each, and missing tools told.
import { spawn } from 'node:child_process'
import { accessSync, constants, createWriteStream } from 'node:fs'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What people are told without a stack. */
export class PortError extends Error {}

/** The variables that configure scripts and makefiles take their tools from: for guests, and for their native twins. */
export const tools = { CC: 'posix-wasm cc --runnable', AR: 'posix-wasm ar', RANLIB: 'posix-wasm ranlib' }
export const nativeTools = { CC: 'gcc', AR: 'ar', RANLIB: 'ranlib' }

/** Tools as arguments of a configure script or of make. */
export const asArguments = (all) => Object.entries(all).map(([name, command]) => `${name}=${command}`)
export const parallel = `-j${availableParallelism()}`

/** The environment of a build: this project's own command is `posix-wasm` there. */
export async function buildEnvironment() {
  const bin = join(root, 'build/bin')
  const file = join(bin, 'posix-wasm')
  await mkdir(bin, { recursive: true })
  const script = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'dist/cli.js')}' "$@"\n`
  if ((await readFile(file, 'utf8').catch(() => '')) !== script) await writeFile(file, script)
  await chmod(file, 0o755)
  return { ...process.env, LC_ALL: 'C', PATH: `${bin}${delimiter}${process.env.PATH}` }
}

/** Throws what to install when one of the programs, names to Debian packages, is not in PATH. */
export function requirePrograms(packages) {
  const missing = Object.keys(packages).filter((name) => !isInPath(name))
  if (missing.length === 0) return
  const wanted = [...new Set(missing.map((name) => packages[name]))]
  throw new PortError(`there is no ${missing.join(', ')}: apt-get install ${wanted.join(' ')}`)
}

function isInPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** One command of a build, told in one line with its time. Its output goes to `log`, whose end is the message when it fails. */
export async function step(title, { command, cwd, env, log }) {
  const [program, ...args] = command
  const startedAt = performance.now()
  process.stdout.write(`${title} … `)
  await mkdir(dirname(log), { recursive: true })
  const output = createWriteStream(log)
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.write(`${error.message}\n`)
      resolve(-1)
    })
    child.once('close', resolve)
  })
  await finished(output.end())
  if (code === 0) return console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`)
  console.log('failed')
  const end = (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-15).join('\n')
  throw new PortError(`${end}\n${title} failed: ${basename(program)} said the above; all of it is in ${log}`)
}
