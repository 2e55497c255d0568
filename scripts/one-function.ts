import { isAscii } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { Options } from 'tsup'

/** The parameters of the function, by what they stand for in a module. */
export const parameters = { require: 'require', 'import.meta.url': 'here' } as const

/**
 * Makes a bundle a module that consists of one function and its call. The first line is a checksum of the code, the second exports what
 * the function returns, the last is the call: the command takes the lines between them as a script, which it can keep compiled.
 * See src/cli/kept-code.ts.
 */
export function oneFunction(): NonNullable<Options['plugins']>[number] {
  return {
    name: 'one-function',
    renderChunk(code) {
      const [whole = '', names = ''] = /export\s*\{([^}]*)\};?\s*$/.exec(code) ?? []
      const body = whole === '' ? code : `${code.slice(0, -whole.length)}return {${names}}`
      const text = `(async function (${Object.values(parameters).join(', ')}) {${body}\n})`
      if (!isAscii(Buffer.from(text))) throw new TypeError('a script that is kept compiled is read as ASCII')
      const checksum = createHash('sha256').update(text).digest('hex').slice(0, 16)
      const result = names === '' ? '' : `export const { ${names} } = `
      return {
        code: `// ${checksum}
import { createRequire } from 'node:module'; ${result}await
${text}
(createRequire(import.meta.url), import.meta.url)`,
      }
    },
  }
}
