import { build, type Plugin } from 'esbuild'
import { noteInputs } from './third-party-notices.js'

/**
 * For the command, and the worker files, which need no other: a package that few guests need lies in them as text, which is compiled
 * when something of it is first asked for. What imports it finds all that it exports in its default export.
 */
export function latePackages(names: readonly string[]): Plugin {
  return {
    name: 'late-packages',
    setup({ onResolve, onLoad, initialOptions: { target } }) {
      onResolve({ filter: new RegExp(`^(${names.join('|')})$`) }, ({ path, resolveDir }) => {
        return { path, namespace: 'late', pluginData: resolveDir }
      })
      onLoad({ filter: /./, namespace: 'late' }, async ({ path, pluginData: resolveDir }) => {
        const { outputFiles, metafile } = await build({
          stdin: { contents: `module.exports = require(${JSON.stringify(path)})`, resolveDir },
          bundle: true,
          format: 'cjs',
          platform: 'node',
          minifyWhitespace: true,
          write: false,
          metafile: true,
          logLevel: 'error',
          ...(target !== undefined && { target }),
        })
        noteInputs(metafile)
        const exported = Object.keys(await import(path)).filter((each) => each !== 'module.exports') // which newer Nodes add
        return { contents: late(path, { text: outputFiles[0]?.text, exported }), resolveDir }
      })
    },
  }
}

function late(name: string, { text, exported }: { text: string | undefined; exported: readonly string[] }): string {
  return `
import { createRequire } from 'node:module'
import { compileFunction } from 'node:vm'

let found
function load() {
  if (found !== undefined) return found
  const module = { exports: {} }
  const run = compileFunction(${JSON.stringify(text)}, ['module', 'exports', 'require'], { filename: ${JSON.stringify(name)} })
  run(module, module.exports, createRequire(import.meta.url))
  return found = module.exports
}
export default {
${exported.map((each) => `  get ${each}() { return load().${each} },`).join('\n')}
}
`
}
