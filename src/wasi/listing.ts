import { memoryOf } from '../abi/layout.js'
import type { Files, OpenDirectory } from './files.js'
import { dirent, FILETYPE_UNKNOWN } from './structures.js'

/**
 * Fills a buffer with entries from `cookie` on, the last one perhaps in part; answers how much was filled. The names are those of when
 * cookie 0 was last asked for: what is removed or added meanwhile moves no other.
 */
export function listEntries(files: Files, directory: OpenDirectory, into: Uint8Array, cookie: bigint): number {
  if (cookie === 0n || directory.listing === undefined)
    directory.listing = ['.', '..', ...directory.place.directory.list()]
  let filled = 0
  for (let index = Number(cookie); index < directory.listing.length && filled < into.length; index++) {
    const entry = entryOf(files, directory, directory.listing[index] as string, index)
    const part = entry.subarray(0, into.length - filled)
    into.set(part, filled)
    filled += part.length
  }
  return filled
}

/** A `..` has the number of the directory itself: what is above is not to be seen. */
function entryOf(files: Files, { place: { directory } }: OpenDirectory, name: string, index: number): Uint8Array {
  const known = name === '.' || name === '..' ? directory.stat() : directory.lstat(name)
  const stat = known && files.shown(known)
  const text = Buffer.from(name)
  const bytes = new Uint8Array(dirent.size + text.length)
  dirent.write(memoryOf(bytes), 0, {
    next: BigInt(index + 1),
    inode: stat?.inode ?? 0n,
    nameLength: text.length,
    filetype: stat?.filetype ?? FILETYPE_UNKNOWN,
  })
  bytes.set(text, dirent.size)
  return bytes
}
