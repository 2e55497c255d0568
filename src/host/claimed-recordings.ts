import fs from 'node:fs'
import path from 'node:path'
import { OptionError } from './errors.js'

/** The recordings that guests of this thread are writing, by where they really are. */
const underway = new Set<string>()

/** Reserves the file of a recording for one guest, until the returned function is called. Throws an `OptionError` if another writes it. */
export function claimRecording(file: string | undefined): () => void {
  if (file === undefined) return () => {}
  const place = realPlace(file)
  if (underway.has(place))
    throw new OptionError(`record: another guest is writing ${file}; give each guest a file of its own`)
  underway.add(place)
  return () => void underway.delete(place)
}

/** Where a file is, whether it exists already or not. */
function realPlace(file: string): string {
  const whole = path.resolve(file)
  try {
    return fs.realpathSync(whole)
  } catch {
    return path.join(realFolder(path.dirname(whole)), path.basename(whole))
  }
}

function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder)
  } catch {
    return folder // it does not exist: the recording says so when it begins
  }
}
