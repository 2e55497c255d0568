import fs from 'node:fs'
import path from 'node:path'
import { packageFolder } from './places.js'

/** Turns a WebAssembly program into a shell script that runs it; the program follows the script in the same file. */
export function makeRunnable(file: string): void {
  const command = [process.execPath, path.join(packageFolder, 'dist/cli.js'), '--ambient'].map(quoted).join(' ')
  const script = `#!/bin/sh\nexec ${command} "$0" "$@"\n`
  fs.writeFileSync(file, Buffer.concat([Buffer.from(script), fs.readFileSync(file)]))
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
