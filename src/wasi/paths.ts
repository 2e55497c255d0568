import { SysError } from '../posix/errno.js'
import { type Directory, LINK, type Opened, type OpenRequest } from './directory.js'
import { type Filestat, isDirectory, isLink, noEntry } from './filestat.js'

/** As many as Linux follows. */
const MOST_LINKS = 40
const [PATH_MAX, NAME_MAX] = [4096, 255]

/** Where a guest's paths begin: an open directory. */
export interface Place {
  readonly directory: Directory
  /** Set for a directory that the guest has from the start. */
  readonly root?: Root | undefined
}

/** How paths are followed from a directory that a guest has from the start. */
export interface Root {
  /** What the guest calls it. */
  readonly name: string
  /** True for one that nothing is above, where `..` leads to itself. */
  readonly isTop: boolean
  /** True where a path from the guest's root may begin with a slash: WASIX's libc leaves it there. */
  readonly takesAbsolute: boolean
}

/** Whether a link at the end of a path is followed: always, only if a slash comes after it, or not even then. */
export type Following = 'always' | 'by slash' | 'never'

/**
 * Follows a path from an open directory, name by name, as Linux does, and never out of that directory: `ENOTCAPABLE` where it would
 * lead there, by `..`, as an absolute path, or by a symbolic link. Links are read here: the system follows none. Each directory on the
 * way is opened below the one before, and closed when `act` has returned.
 */
export function follow<T>(from: Place, path: string, following: Following, act: (found: Found) => T): T {
  checkLengths(path)
  const found = new Found(from, following, path)
  try {
    found.start(path.startsWith('/') ? fromRoot(from, path) : path)
    return act(found)
  } finally {
    found.close()
  }
}

function fromRoot({ root }: Place, path: string): string {
  const isGuestRoot = root !== undefined && /^[./]*$/.test(root.name)
  if (root?.takesAbsolute !== true || !isGuestRoot) throw new SysError('ENOTCAPABLE')
  return path.replace(/^\/+/, '') || '.'
}

function checkLengths(path: string): void {
  if (path === '') throw new SysError('ENOENT')
  if (path.includes('\0')) throw new SysError('EINVAL')
  if (path.length * 3 >= PATH_MAX && Buffer.byteLength(path) >= PATH_MAX) throw new SysError('ENAMETOOLONG')
}

/** Where a path leads: a directory, and a last name in it, which may have nothing behind it. */
export class Found {
  readonly #from: Place
  readonly #following: Following
  readonly #path: string
  /** The directories that the walk has opened, from the outermost on. */
  readonly #opened: { readonly names: readonly string[]; readonly directory: Directory }[] = []
  /** The last name, which was not entered; undefined where the path ends at a directory that was. */
  #name: string | undefined
  #endsWithSlash = false
  #links = 0

  constructor(from: Place, following: Following, path: string) {
    this.#from = from
    this.#following = following
    this.#path = path
  }

  /** To be called once, before all else. */
  start(path: string): void {
    this.#along(path)
    if (this.#endsWithSlash && this.#name !== undefined) this.entry()
  }

  /** The directory that the last name is in. */
  get directory(): Directory {
    return this.#opened.at(-1)?.directory ?? this.#from.directory
  }

  get name(): string | undefined {
    return this.#name
  }

  /** The last name of the path as it was given. */
  get last(): string {
    return this.#path.split('/').findLast((name) => name !== '') ?? '.'
  }

  /** True when the path said that it is a directory: by a slash, or `.` or `..`, at its end. */
  get isSaidDirectory(): boolean {
    return this.#endsWithSlash || this.#name === undefined
  }

  /** The names that lead there from where the path began. */
  get names(): readonly string[] {
    const names = this.#opened.flatMap((each) => each.names)
    return this.#name === undefined ? names : [...names, this.#name]
  }

  /** What the guest has from the start, where the path ends at such a directory itself. */
  get root(): Root | undefined {
    return this.#name === undefined && this.#opened.length === 0 ? this.#from.root : undefined
  }

  /** What is there, if anything. A link is followed first where links at the end are. */
  entry(): Filestat | undefined {
    for (;;) {
      if (this.#name === undefined) return this.directory.stat()
      const entry = this.directory.lstat(this.#name)
      if (isLink(entry) && this.#isFollowed()) this.#followLink(this.#name)
      else if (this.#endsWithSlash && entry !== undefined && !isDirectory(entry)) throw new SysError('ENOTDIR')
      else return entry
    }
  }

  /** The same where there must be something. */
  there(): Filestat {
    const entry = this.entry()
    if (entry === undefined) throw noEntry
    return entry
  }

  /** Opens what is there. */
  open(request: OpenRequest): Opened {
    for (;;) {
      const opened = this.directory.open(this.#name, this.#endsWithSlash ? this.#asDirectory(request) : request)
      if (opened !== LINK) return opened
      if (this.#name === undefined || !this.#isFollowed()) throw new SysError('ELOOP')
      this.#followLink(this.#name)
    }
  }

  close(): void {
    for (const { directory } of this.#opened.splice(0)) directory.close()
  }

  #along(path: string): void {
    this.#endsWithSlash = path.endsWith('/')
    if (!path.includes('/') && path !== '.' && path !== '..') return this.#expect(path)
    const rest = namesIn(path)
    this.#enterAtOnce(rest)
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      const links = this.#name === undefined ? undefined : this.#enter(this.#name)
      if (links !== undefined) rest.unshift(...links, name)
      else if (name === '..') this.#up()
      else if (name !== '.') this.#expect(name)
    }
  }

  #expect(name: string): void {
    if (name.length * 3 > NAME_MAX && Buffer.byteLength(name) > NAME_MAX) throw new SysError('ENAMETOOLONG')
    if (this.directory.unfit?.test(name)) throw new SysError('ENOENT')
    this.#name = name
  }

  /** Enters a directory, or returns the names that the path goes on with where a link stands for one. */
  #enter(name: string): string[] | undefined {
    const entered = this.directory.enter(name)
    if (entered === LINK) return namesIn(this.#targetOf(name))
    this.#opened.push({ names: [name], directory: entered })
    this.#name = undefined
    return undefined
  }

  /** Enters the directories that a path begins with, up to its last name or the first dot, where that needs no more than one call. */
  #enterAtOnce(rest: string[]): void {
    const end = rest.findIndex((name) => name === '.' || name === '..')
    const names = rest.slice(0, end < 0 ? -1 : Math.max(0, end - 1))
    if (names.length === 0) return
    const entered = this.directory.enterAll(names)
    if (entered === undefined) return
    this.#opened.push({ names, directory: entered })
    rest.splice(0, names.length)
  }

  /** Leaves the last directory; where several were entered at once, the others are entered again. */
  #up(): void {
    const left = this.#opened.pop()
    if (left === undefined) {
      if (this.#from.root?.isTop !== true) throw new SysError('ENOTCAPABLE')
      return
    }
    left.directory.close()
    for (const name of left.names.slice(0, -1)) if (this.#enter(name) !== undefined) throw new SysError('ENOENT') // it has become a link since
  }

  #isFollowed(): boolean {
    return this.#following === 'always' || (this.#following === 'by slash' && this.#endsWithSlash)
  }

  #followLink(name: string): void {
    const endsWithSlash = this.#endsWithSlash
    this.#along(this.#targetOf(name))
    this.#endsWithSlash ||= endsWithSlash
  }

  /** What a link says, as a path from the directory that the walk is in then. */
  #targetOf(name: string): string {
    if (++this.#links > MOST_LINKS) throw new SysError('ELOOP')
    const text = this.directory.readlink(name)
    this.#name = undefined
    return text.startsWith('/') ? this.#insideOf(text) : text
  }

  /** An absolute link leads on if what it names is, by the guest's names, in the directory: then from there. */
  #insideOf(text: string): string {
    const { root } = this.#from
    const own = root?.name.replace(/\/*$/, '/')
    if (own === undefined || !`${text}/`.startsWith(own) || !own.startsWith('/')) throw new SysError('ENOTCAPABLE')
    this.close()
    return text.slice(own.length) || '.'
  }

  /** What has a slash after its name is opened as a directory, and is never made. */
  #asDirectory(request: OpenRequest): OpenRequest {
    if (request.creates) throw new SysError('EISDIR')
    return { ...request, mustBeDirectory: true }
  }
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '')
}
