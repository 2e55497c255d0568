import fs from 'node:fs'
import path from 'node:path'
import { packageFolder } from './places.js'

const MAGIC = Buffer.from('\0asm')

/**
 * Turns a WebAssembly program into a shell script that runs it; the program follows the script in the same file. If Node or this
 * package has moved since, the script takes those of PATH.
 */
export function makeRunnable(file: string): void {
  const module = fs.readFileSync(file)
  if (module.indexOf(MAGIC) === 0) replace(file, Buffer.concat([Buffer.from(script()), module]))
}

function script(): string {
  return `#!/bin/sh
node=${quoted(process.execPath)} command=${quoted(path.join(packageFolder, 'dist/cli.js'))} program=$0
case $program in */*) ;; *) program=./$program ;; esac
[ -x "$node" ] || node=node
[ -r "$command" ] || exec posix-wasm --ambient "$program" "$@"
exec "$node" "$command" --ambient "$program" "$@"
`
}

/** Writes beside the file and renames: a program that is being run, and other names of the file, keep their content. */
export function replace(file: string, content: Buffer): void {
  const place = fs.realpathSync(file)
  const { mode } = fs.statSync(place)
  const beside = `${place}.${process.pid}`
  try {
    fs.writeFileSync(beside, content, { mode, flag: 'wx' })
    fs.chmodSync(beside, mode)
    fs.renameSync(beside, place)
  } catch {
    fs.rmSync(beside, { force: true })
    fs.writeFileSync(place, content) // the folder is read-only
  }
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
