import { builtinModules } from 'node:module'
import type { Plugin } from 'esbuild'

/**
 * For what starts quickly: a module of Node's is required, not imported. An import reads all that the module exports, and `fs` alone
 * loads a dozen others when its streams and its promises are looked at. The late ones are loaded when a package that requires them
 * uses them first.
 */
export function builtInModules({ late }: { late: readonly string[] }): Plugin {
  return {
    name: 'built-in-modules',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^(node:)?(${builtinModules.join('|')})$`) }, ({ path, kind, namespace }) => {
        if (namespace.endsWith('built-in') || kind === 'dynamic-import') return { path, external: true }
        const name = path.replace(/^node:/, '')
        if (kind !== 'require-call') return { path: name, namespace: 'built-in' }
        return late.includes(name) ? { path: name, namespace: 'late-built-in' } : { path, external: true }
      })
      onLoad({ filter: /./, namespace: 'built-in' }, async ({ path: name }) => {
        return { contents: required(name, await exportsOf(name)) }
      })
      onLoad({ filter: /./, namespace: 'late-built-in' }, async ({ path: name }) => {
        return { contents: requiredLate(name, await exportsOf(name)) }
      })
    },
  }
}

async function exportsOf(name: string): Promise<readonly string[]> {
  return Object.keys(await import(name)).filter((each) => /^(?!default$)\w+$/.test(each))
}

/** What of it nobody imports is left out of the bundle. */
function required(name: string, exported: readonly string[]): string {
  return `
const all = require('node:${name}')
export default all
${exported.map((each) => `export const ${each} = /* @__PURE__ */ (() => all.${each})()`).join('\n')}
`
}

function requiredLate(name: string, exported: readonly string[]): string {
  return `
module.exports = {
${exported.map((each) => `  get ${each}() { return require('node:${name}').${each} },`).join('\n')}
}
`
}
