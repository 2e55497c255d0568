// Compiles every C guest of the project into build/guests, unless it is newer than all C sources already.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compile, sourcesChangedAt } from './compile.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const cFiles = async (folder) =>
  (await readdir(join(root, folder))).filter((name) => name.endsWith('.c')).map((name) => `${folder}/${name}`)

const guests = {
  http_client: ['c/http_client.c'],
  echo_server: ['c/echo_server.c'],
  curl_demo: ['-Ic/libcurl-wasm/include', 'c/libcurl-wasm/curl_demo.c', ...(await cFiles('c/libcurl-wasm/src'))],
}
for (const folder of ['test/guests', 'bench/guests'])
  for (const file of await cFiles(folder).catch(() => []))
    guests[file.split('/').pop().replace(/\.c$/, '')] = ['--libc', file]

const changedAt = await sourcesChangedAt()
for (const [name, options] of Object.entries(guests)) {
  const output = join(root, 'build/guests', `${name}.wasm`)
  const builtAt = await stat(output).then(
    (file) => file.mtimeMs,
    () => 0,
  )
  if (builtAt > changedAt) continue
  await compile(output, options)
  console.log(`compiled ${name}.wasm`)
}
