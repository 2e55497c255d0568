// Compiles every C guest of the project into build/guests, unless it is newer than all C sources already.
import { readdir, stat } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bare, compile, sourcesChangedAt } from './compile.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cFiles = async (folder) =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.c')).map((name) => `${folder}/${name}`)

const guests = new Map([
  ['http_client', ['-Ic', 'c/http_client.c', ...bare]],
  ['echo_server', ['-Ic', 'c/echo_server.c', ...bare]],
  [
    'curl_demo',
    ['-Ic', '-Ic/libcurl-wasm/include', 'c/libcurl-wasm/curl_demo.c', ...(await cFiles('c/libcurl-wasm/src')), ...bare],
  ],
])
for (const folder of ['test/guests', 'bench/guests'])
  for (const file of await cFiles(folder)) guests.set(file.split('/').pop().replace(/\.c$/, ''), [file])

for (const file of await cFiles('test/guests/mixed'))
  guests.set(file.split('/').pop().replace(/\.c$/, ''), ['-Ic', file, ...bare])

// Those of TLS by the host, which no native program has.
for (const file of await cFiles('test/tls')) guests.set(file.split('/').pop().replace(/\.c$/, ''), ['-Ic', file])

// The same guests in each dialect; none uses all of its header.
const spoken = 'test/guests/dialects'
const notAll = ['-Wno-unused-function', '-Wno-unused-parameter']
for (const dialect of ['preview1', 'wasmedge1', 'wasmedge2', 'wamr', 'wasix', 'replicated'])
  for (const file of await cFiles(spoken)) {
    const name = `${dialect}_${file.split('/').pop().replace(/\.c$/, '')}`
    guests.set(name, [`-DDIALECT="${dialect}.h"`, `-I${spoken}`, ...notAll, file, ...bare])
  }

const changedAt = await sourcesChangedAt()
const left = [...guests]

/** Takes one guest after the other until none is left. */
async function work() {
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [name, options] = next
    const output = join(root, 'build/guests', `${name}.wasm`)
    const builtAt = await stat(output).then(
      (file) => file.mtimeMs,
      () => 0,
    )
    if (builtAt > changedAt) continue
    await compile(output, options)
    console.log(`compiled ${name}.wasm`)
  }
}

await Promise.all(Array.from({ length: os.availableParallelism() }, work)).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
