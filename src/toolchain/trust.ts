import type { Stats } from 'node:fs'
import { createRequire } from 'node:module'

// Required, not imported: an import of `fs` loads its streams and promises, and the command checks a folder at each start.
const fs: typeof import('node:fs') = createRequire(import.meta.url)('node:fs')

const WRITABLE_BY_OTHERS = 0o022
const STICKY = 0o1000
const MOST_LINKS = 40

/**
 * Returns the reason for which other users could put files into `folder`, an absolute path, or undefined: the folder itself belongs to
 * this user, is no link, and only this user writes to it; each folder on the way there is one in which no other user can replace the
 * next. A folder that does not exist has no fault if it can be made safely. Windows protects the folders of a profile by itself.
 */
export function faultOfFolder(folder: string): string | undefined {
  const user = process.geteuid?.()
  if (user === undefined) return undefined
  return faultOnTheWay(folder, user) ?? faultOfLast(folder, user)
}

/** Makes `folder`, for this user alone, if it is not there. Returns the reason for which it cannot be trusted, or undefined. */
export function faultOfMadeFolder(folder: string): string | undefined {
  const fault = faultOfFolder(folder)
  if (fault !== undefined || statsOf(folder) !== undefined) return fault
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  return faultOfFolder(folder)
}

/** Returns the reason for which other users could replace an entry of `folder` that this user makes, or undefined. */
export function faultOfParentFolder(folder: string): string | undefined {
  const user = process.geteuid?.()
  return user === undefined ? undefined : faultOnTheWay(`${folder}/entry`, user)
}

/** Whether there is a file or folder of that name. */
export function exists(file: string): boolean {
  return statsOf(file) !== undefined
}

function faultOfLast(folder: string, user: number): string | undefined {
  const stats = statsOf(folder)
  if (stats === undefined) return undefined
  if (stats.isSymbolicLink()) return `${folder} is a symbolic link`
  if (!stats.isDirectory()) return `${folder} is no folder`
  if (stats.uid !== user) return `${folder} belongs to another user`
  return stats.mode & WRITABLE_BY_OTHERS ? `${folder} can be written by other users` : undefined
}

/** Walks to the parent of `target` as the kernel does, and stops at the first folder in which another user can replace an entry. */
function faultOnTheWay(target: string, user: number): string | undefined {
  const names = namesOf(target).slice(0, -1)
  let here = '/'
  for (let links = 0; ; ) {
    const fault = faultOfParent(here, user)
    const name = names.shift()
    if (fault !== undefined || name === undefined) return fault
    const next = name === '..' ? parentOf(here) : `${here === '/' ? '' : here}/${name}`
    const stats = statsOf(next)
    if (stats === undefined) return undefined
    if (stats.isSymbolicLink()) {
      if (!isTrusted(stats.uid, user)) return `${next} is a link of another user`
      if (++links > MOST_LINKS) return `${target} leads through too many links`
      const link = fs.readlinkSync(next)
      names.unshift(...namesOf(link))
      if (link.startsWith('/')) here = '/'
    } else here = next
  }
}

function faultOfParent(folder: string, user: number): string | undefined {
  const stats = statsOf(folder)
  if (!stats?.isDirectory()) return undefined // what is made or opened there fails
  if (!isTrusted(stats.uid, user)) return `${folder} belongs to another user`
  if (stats.mode & STICKY || !(stats.mode & writableByOthers(stats, user))) return undefined
  return `${folder} can be written by other users`
}

/** Root can change everything in any case, and so can the owner of `/`, which root is called where it is another user's outside of a container. */
function isTrusted(owner: number, user: number): boolean {
  return owner === user || owner === 0 || owner === statsOf('/')?.uid
}

/** Systems that give each user a group of the same number let that group write to the user's folders: it has no other members. */
function writableByOthers({ gid }: Stats, user: number): number {
  return user !== 0 && gid === user ? 0o002 : WRITABLE_BY_OTHERS
}

function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function parentOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf('/')) || '/'
}

/** Returns undefined for a file that does not exist or that cannot be reached. */
function statsOf(file: string): Stats | undefined {
  try {
    return fs.lstatSync(file)
  } catch {
    return undefined
  }
}
