// Writes the manual page of the package, dist/posix-wasm.1, from the table that is the text of --help too.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const { manual } = await import(new URL('../dist/questions.js', import.meta.url).href)
writeFileSync(fileURLToPath(new URL('../dist/posix-wasm.1', import.meta.url)), manual())
