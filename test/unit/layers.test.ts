import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** From the bottom to the top; a layer is a folder or files beside each other. */
const layers = [
  ['embedder/'],
  ['posix/'],
  ['network/'],
  ['bridge/'],
  ['native/'],
  ['posix-sockets/'],
  ['abi/'],
  ['wasi/'],
  ['machine.ts', 'socket-shim.ts', 'recording/'],
  ['figures/'],
  ['host/'],
  ['host.ts'],
  ['index.ts'],
  ['toolchain/'],
  ['cli/'],
]
/** Builds programs, and runs none: what is said below about guests is not about it. */
const isToolchain = (file: string) => file.startsWith('toolchain/')
const files = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(path.sep).join('/'))
  .filter((file) => file.endsWith('.ts'))
  .sort()

const textOf = (file: string) => fs.readFileSync(path.join(src, file), 'utf8')
const layerOf = (file: string) => layers.findIndex((names) => names.some((name) => file.startsWith(name)))

/** Everything a file imports, types too: `import … from`, `export … from`, `import '…'`, `import('…')`. */
function importsOf(file: string): string[] {
  const code = textOf(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  return [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)(['"])([^'"\n]+)\1/g)].map((found) => found[2] as string)
}

/** The file of src that a relative import means; undefined for one outside. */
function target(file: string, imported: string): string | undefined {
  const joined = path.posix.join(path.posix.dirname(file), imported).replace(/\.js$/, '.ts')
  return joined.startsWith('..') ? undefined : joined
}

test('there are files, and imports are found in them', () => {
  expect(files.length).toBeGreaterThan(60)
  expect(importsOf('host/guest-instance.ts')).toContain('../wasi/memory-files.js')
  expect(importsOf('network/network.ts')).toContain('node:stream')
  expect(importsOf('index.ts')).toContain('./host.js')
})

describe.each(files)('%s', (file) => {
  test('belongs to a layer', () => {
    expect(layerOf(file)).toBeGreaterThanOrEqual(0)
  })

  test('imports only from its own layer and those below', () => {
    const upward = importsOf(file).filter((imported) => {
      const found = imported.startsWith('.') ? target(file, imported) : undefined
      return found !== undefined && layerOf(found) > layerOf(file)
    })
    expect(upward).toEqual([])
  })

  test('imports files that exist', () => {
    const lost = importsOf(file).filter((imported) => {
      const found = imported.startsWith('.') ? target(file, imported) : undefined
      return found !== undefined && !files.includes(found)
    })
    expect(lost).toEqual([])
  })
})

/** What may be done in some layers only, by how it is written. */
const privileges: [string, RegExp, (file: string) => boolean][] = [
  [
    'linear memory is touched in abi/ only, by provider adapters beside',
    /new DataView\(|[mM]emory(\(\))?\.buffer\b|\bgetUint(8|16|32)\(|\bsetUint(8|16|32)\(/,
    (file) => file.startsWith('abi/') || /^wasi\/(.*-files|exchange)\.ts$/.test(file) || isToolchain(file),
  ],
  [
    "Node's sockets are known in bridge/ only",
    /(?:from |import\()(['"])(node:)?(net|dgram|dns|tls|http)(\/promises)?\1/,
    (file) => file.startsWith('bridge/') || isToolchain(file),
  ],
  ['WebAssembly is unknown below abi/', /\bWebAssembly\./, (file) => layerOf(file) >= layerOf('abi/')],
  [
    'nothing below machine.ts asks the clock, chance or the environment by itself',
    /\bDate\.now\(|\bperformance\.|\bMath\.random\(|\bprocess\.env\b|\bprocess\.hrtime\b/,
    (file) => layerOf(file) >= layerOf('machine.ts') || file === 'wasi/memory-files.ts',
  ],
  ['Atomics are used in bridge/ only', /\bAtomics\./, (file) => file.startsWith('bridge/')],
]

test.each(privileges)('%s', (_, written, isAllowed) => {
  const offenders = files
    .filter((file) => !isAllowed(file))
    .flatMap((file) =>
      textOf(file)
        .split('\n')
        .flatMap((line, index) =>
          written.test(line) && !/^\s*(\/\/|\*|\/\*)/.test(line) ? [`${file}:${index + 1}`] : [],
        ),
    )
  expect(offenders).toEqual([])
})
