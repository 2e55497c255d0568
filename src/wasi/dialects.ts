import type { Dialect } from '../abi/dialect.js'
import type { Files } from './files.js'
import { preview1, type Start } from './preview1.js'

/** Every dialect that a guest may speak besides `posix_sockets`. */
export function dialects(files: Files, start: Start): readonly Dialect[] {
  const wasi = preview1(files, start)
  return [{ name: 'WASI preview 1', module: 'wasi_snapshot_preview1', calls: wasi }]
}
