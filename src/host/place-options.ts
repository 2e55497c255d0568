import fs from 'node:fs'
import path from 'node:path'
import type { WasmFs } from '@wasmer/wasmfs'
import { OptionError } from '../embedder/option-error.js'
import { shown } from '../embedder/shown.js'
import { having, list, record, type Take, text } from '../embedder/take.js'

/* The options that decide where a guest finds itself: its arguments, its environment and its files. */

export const takeArgs: Take<readonly string[]> = list('texts', text)

/** Takes what execve(2) can carry: no NUL, and no `=` in a name. */
export const takeEnv: Take<Record<string, string>> = record('texts', (value, key, name) => {
  if (key === '' || /[=\0]/.test(key))
    throw new OptionError(`${name}: ${shown(key)} cannot name a variable; a name is not empty and has no = and no NUL`)
  return text(value, `${name}: ${shown(key)}`)
})

export const takeDirs: Take<Record<string, string>> = record('paths', (value, key, name) => {
  if (key === '') throw new OptionError(`${name}: a directory needs a name for the guest, such as /data`)
  const given = text(value, `${name}: ${shown(text(key, `${name}: a name`))}`)
  if (given === '') throw new OptionError(`${name}: ${shown(key)} leads nowhere; give the path of a directory`)
  return given
})

/** Throws an `OptionError` for directories that this machine does not have. */
export function checkDirs(dirs: Readonly<Record<string, string>> = {}): void {
  for (const [name, given] of Object.entries(dirs))
    if (!isDirectory(given))
      throw new OptionError(
        `dirs: ${shown(name)} must lead to a directory of this machine, and there is none at ${shown(path.resolve(given))}`,
      )
}

function isDirectory(given: string): boolean {
  try {
    return fs.statSync(given).isDirectory()
  } catch {
    return false // it does not exist, or cannot be reached
  }
}

export const takeFs: Take<WasmFs> = having<WasmFs>('a WasmFs of @wasmer/wasmfs', ['toJSON', 'fromJSON'])
