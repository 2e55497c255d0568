import fs from 'node:fs'
import path from 'node:path'
import type { WasmFs } from '@wasmer/wasmfs'
import { fields } from '../embedder/fields.js'
import { OptionError } from '../embedder/option-error.js'
import { shown } from '../embedder/shown.js'
import { flag, having, isRecord, list, record, type Take, text, unfit } from '../embedder/take.js'
import type { GrantedDirectory } from '../wasi/host-files.js'

/* The options that decide where a guest finds itself: its arguments, its environment and its files. */

export const takeArgs: Take<readonly string[]> = list('texts', text)

/** Takes what execve(2) can carry: no NUL, and no `=` in a name. */
export const takeEnv: Take<Record<string, string>> = record('texts', (value, key, name) => {
  if (key === '' || /[=\0]/.test(key))
    throw new OptionError(`${name}: ${shown(key)} cannot name a variable; a name is not empty and has no = and no NUL`)
  return text(value, `${name}: ${shown(key)}`)
})

export const takeDirs: Take<Record<string, GrantedDirectory>> = record('paths', (value, key, name) => {
  if (key === '') throw new OptionError(`${name}: a directory needs a name for the guest, such as /data`)
  const named = `${name}: ${shown(text(key, `${name}: a name`))}`
  if (isRecord(value)) {
    const granted = takeGranted(value, named)
    if (granted.path === undefined) throw new OptionError(`${named} needs a path`)
    return granted
  }
  if (typeof value !== 'string') throw unfit(named, 'a path, or { path, readOnly }', value)
  return takePath(value, named)
})

const takePath: Take<string> = (value, name) => {
  const given = text(value, name)
  if (given === '') throw new OptionError(`${name} leads nowhere; give the path of a directory`)
  return given
}

const takeGranted = fields<Exclude<GrantedDirectory, string>>(
  { path: takePath, readOnly: flag },
  'setting of a directory',
)

/** Throws an `OptionError` for directories that this machine does not have. */
export function checkDirs(dirs: Readonly<Record<string, GrantedDirectory>> = {}): void {
  for (const [name, granted] of Object.entries(dirs)) {
    const given = typeof granted === 'string' ? granted : granted.path
    if (!isDirectory(given))
      throw new OptionError(
        `dirs: ${shown(name)} must lead to a directory of this machine, and there is none at ${shown(path.resolve(given))}`,
      )
  }
}

function isDirectory(given: string): boolean {
  try {
    return fs.statSync(given).isDirectory()
  } catch {
    return false // it does not exist, or cannot be reached
  }
}

export const takeFs: Take<WasmFs> = having<WasmFs>('a WasmFs of @wasmer/wasmfs', ['toJSON', 'fromJSON'])
