import { SysError } from '../posix/errno.js'
import type { Preopen } from './provider.js'
import { FILETYPE_DIRECTORY, FILETYPE_SYMBOLIC_LINK, type Filestat } from './structures.js'
import type { Tree } from './tree.js'

/** As many as Linux follows. */
const MOST_LINKS = 40
const [PATH_MAX, NAME_MAX] = [4096, 255]

/** A directory that a guest has open: the names that lead to it from one that it has from the start. */
export interface Place {
  readonly root: Root
  readonly names: readonly string[]
}

/** A preopened directory, in its tree. `number` is the provider's descriptor of it. */
export interface Root extends Preopen {
  readonly number: number
  readonly tree: Tree
  /** True where a path from the guest's root may begin with a slash: WASIX's libc leaves it there. */
  readonly takesAbsolute?: boolean
}

/** Where a path led: no link is on the way any more, and nothing outside of the directory it was followed from. */
export interface Found extends Place {
  /** What is there, if anything. */
  readonly entry: Filestat | undefined
  /** True when the path said that it is a directory: by a slash, or `.` or `..`, at its end. */
  readonly isSaidDirectory: boolean
  /** The last name of the path as it was given. */
  readonly last: string
}

/** Whether a link at the end of a path is followed: always, only if a slash comes after it, or not even then. */
export type Following = 'always' | 'by slash' | 'never'

/** The place in its tree. */
export function pathOf({ root, names }: Place): string {
  return [root.at === '/' ? '' : root.at, ...names].join('/') || '/'
}

/** What the provider calls it, from its root. */
export function nameOf({ names }: Place): string {
  return names.join('/') || '.'
}

/**
 * Follows a path from an open directory, name by name, as Linux does, and never out of that directory: `ENOTCAPABLE` where it would
 * lead there, by `..`, as an absolute path, or by a symbolic link. Symbolic links are read here, so that a provider meets none.
 */
export function follow(from: Place, path: string, following: Following): Found {
  checkLengths(path)
  return new Walk(from, following).along(path.startsWith('/') ? fromRoot(from, path) : path)
}

function fromRoot({ root, names }: Place, path: string): string {
  const isGuestRoot = names.length === 0 && /^[./]*$/.test(root.name)
  if (root.takesAbsolute !== true || !isGuestRoot) throw new SysError('ENOTCAPABLE')
  return path.replace(/^\/+/, '') || '.'
}

function checkLengths(path: string): void {
  if (path === '') throw new SysError('ENOENT')
  if (path.includes('\0')) throw new SysError('EINVAL')
  if (Buffer.byteLength(path) >= PATH_MAX) throw new SysError('ENAMETOOLONG')
}

class Walk {
  readonly #root: Root
  readonly #following: Following
  /** The walk may not go above so many names. */
  readonly #floor: number
  #names: string[]
  /** What is at the names; a directory that was come from is looked at only if the path ends there. */
  #entry: Filestat | 'directory' | undefined = 'directory'
  #links = 0

  constructor({ root, names }: Place, following: Following) {
    this.#root = root
    this.#following = following
    this.#names = [...names]
    this.#floor = names.length
  }

  along(path: string): Found {
    const rest = path.split('/')
    const last = rest.findLast((name) => name !== '') ?? '.'
    let end = ''
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      end = name
      if (name === '') this.#checkDirectory()
      else if (name === '.') this.#stay()
      else if (name === '..') this.#up()
      else this.#into(name, rest)
    }
    const isSaidDirectory = end === '' || end === '.' || end === '..'
    const entry = this.#entry === 'directory' ? this.#look() : this.#entry
    return { root: this.#root, names: this.#names, entry, isSaidDirectory, last }
  }

  #stay(): void {
    this.#checkDirectory()
    if (this.#entry === undefined) throw new SysError('ENOENT')
  }

  #up(): void {
    this.#stay()
    if (this.#names.length > this.#floor) this.#names.pop()
    else if (!(this.#root.isTop && this.#floor === 0)) throw new SysError('ENOTCAPABLE')
    this.#entry = 'directory'
  }

  #into(name: string, rest: string[]): void {
    this.#stay()
    if (Buffer.byteLength(name) > NAME_MAX) throw new SysError('ENAMETOOLONG')
    if (this.#root.tree.unfit?.test(name)) throw new SysError('ENOENT')
    this.#names.push(name)
    const entry = this.#look()
    this.#entry = entry
    if (entry?.filetype === FILETYPE_SYMBOLIC_LINK && this.#isFollowed(rest)) this.#followLink(rest)
  }

  #isFollowed(rest: readonly string[]): boolean {
    if (this.#following === 'always' || rest.some((name) => name !== '')) return true
    return this.#following === 'by slash' && rest.length > 0
  }

  #followLink(rest: string[]): void {
    if (++this.#links > MOST_LINKS) throw new SysError('ELOOP')
    const text = this.#root.tree.readlink(pathOf({ root: this.#root, names: this.#names }))
    this.#names.pop()
    if (text.startsWith('/')) this.#names = []
    rest.unshift(...(text.startsWith('/') ? this.#insideOf(text) : text).split('/'))
    this.#entry = 'directory'
  }

  /** An absolute link leads on if what it names is, by the guest's names, in the directory: then from there. */
  #insideOf(text: string): string {
    const own = this.#root.name.replace(/\/*$/, '/')
    if (this.#floor > 0 || !`${text}/`.startsWith(own) || !own.startsWith('/')) throw new SysError('ENOTCAPABLE')
    return text.slice(own.length).replace(/^\/+/, '') || '.'
  }

  #look(): Filestat | undefined {
    return this.#root.tree.lstat(pathOf({ root: this.#root, names: this.#names }))
  }

  #checkDirectory(): void {
    if (this.#entry === 'directory' || this.#entry === undefined) return
    if (this.#entry.filetype !== FILETYPE_DIRECTORY) throw new SysError('ENOTDIR')
  }
}
