import { createHash } from 'node:crypto'
import fs from 'node:fs'

/** Returns a short name for the program in `file` that changes if another file takes its place: depends on its path, size and times. */
export function identityOf(file: string): string {
  const { ino, size, mtimeMs, ctimeMs } = fs.statSync(file)
  const of = [fs.realpathSync(file), ino, size, mtimeMs, ctimeMs].join('\n')
  return createHash('sha256').update(of).digest('hex').slice(0, 16)
}
