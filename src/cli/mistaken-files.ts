import fs from 'node:fs'
import path from 'node:path'
import type { Command } from 'commander'

/** Options whose file is easily forgotten: then the module is taken for it, and its first argument for the module. */
const OPTIONS = ['record', 'replay'] as const

/** Refuses files of recordings that are probably mistaken, before anything runs. */
export function refuseMistakenFiles(program: Command): Command {
  return program.hook('preAction', (_, action) => {
    if (action !== program) return // `inspect` has no such options
    const [module = ''] = program.args
    const { record, force, ...options } = program.opts()
    const fault = forgottenFile(module, { record, ...options }) ?? (force ? undefined : fullFile(record, module))
    if (fault !== undefined) program.error(`error: ${fault}`)
  })
}

/** A recording is named like a module, and the module does not exist. */
function forgottenFile(module: string, options: Readonly<Record<string, unknown>>): string | undefined {
  for (const option of OPTIONS) {
    const file = options[option]
    if (typeof file === 'string' && file.endsWith('.wasm') && !fs.existsSync(module))
      return (
        `--${option} takes a file, a recording, before the module: ` +
        `${file} is taken for it, and there is no module ${module}`
      )
  }
  return undefined
}

/** A recording would be written over something. The module itself is left to the run, which refuses it even with `--force`. */
function fullFile(record: unknown, module: string): string | undefined {
  if (typeof record !== 'string' || path.resolve(record) === path.resolve(module)) return undefined
  const stats = fs.statSync(record, { throwIfNoEntry: false })
  if (stats === undefined || !stats.isFile() || stats.size === 0) return undefined
  return `--record: ${record} exists; --force writes over it`
}
