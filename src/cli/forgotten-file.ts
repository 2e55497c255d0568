import fs from 'node:fs'
import type { Command } from 'commander'

/** Options that take a file, which is easily forgotten: then the module is taken for it, and its first argument for the module. */
const OPTIONS = ['record', 'replay'] as const

/** Before anything runs, says so where a recording would be named like a module and the module is not there. */
export function refuseForgottenFile(program: Command): Command {
  return program.hook('preAction', (_, action) => {
    if (action !== program) return // `inspect` has no such options
    const [module = ''] = program.args
    for (const option of OPTIONS) {
      const file: unknown = program.opts()[option]
      if (typeof file === 'string' && file.endsWith('.wasm') && !fs.existsSync(module))
        program.error(
          `error: --${option} takes a file, a recording, before the module: ${file} is taken for it, and there is no module ${module}`,
        )
    }
  })
}
