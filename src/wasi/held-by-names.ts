import { SysError } from '../posix/errno.js'
import { LINK, type Link } from './directory.js'
import { type Filestat, isDirectory, isLink, isSameFile } from './filestat.js'
import type { FoundDirectory, Held, Tree } from './tree.js'

/** A name that leads to a directory, and the directory that it led to. */
interface Step {
  readonly name: string
  readonly stat: Filestat
}

/** What the directories of one file system that are kept by names have in common. */
export interface Names {
  readonly tree: Tree
  /** Whether other processes may change the tree during a call. */
  readonly isCertain: boolean
  /** True where a path is never followed through a symbolic link, so that only its end has to be compared. */
  readonly followsNone: boolean
  /** Closes the descriptor that keeps the number of a directory from being given to another one. */
  release(fd: number): void
  fsync(fd: number): void
  /** Those that are open. */
  readonly open: Set<HeldByNames>
}

/**
 * A directory that is kept by the names that led to it from a root. Before each call the names are followed again, and each must lead
 * to the same directory as before: what is not found there is `ENOENT`. Where a guest renames or removes directories, the names of those
 * that are open are kept up to date.
 */
export class HeldByNames implements Held {
  readonly isCertain: boolean
  readonly #names: Names
  #root: Step
  #steps: readonly Step[]
  #isGone = false
  readonly #pin: number | undefined

  constructor(names: Names, { root, steps, pin }: { root: Step; steps: readonly Step[]; pin: number | undefined }) {
    this.#names = names
    this.isCertain = names.isCertain
    this.#root = root
    this.#steps = steps
    this.#pin = pin
  }

  /** A directory that a guest is given: `path` has no slash at its end. */
  static root(names: Names, path: string, pin?: number): HeldByNames {
    const stat = names.tree.lstat(path === '' ? '/' : path)
    if (stat === undefined) throw new SysError('ENOENT')
    return kept(new HeldByNames(names, { root: { name: path, stat }, steps: [], pin }), names)
  }

  path(): string {
    if (this.#isGone) throw new SysError('ENOENT')
    const { followsNone } = this.#names
    let path = this.#root.name
    if (!followsNone) this.#compare(path, this.#root.stat)
    for (const { name, stat } of this.#steps) {
      path += `/${name}`
      if (!followsNone) this.#compare(path, stat)
    }
    if (followsNone) this.#compare(path, this.#own)
    return path
  }

  stat(): Filestat {
    if (this.#isGone) return { ...this.#own, links: 0n }
    const stat = this.#names.tree.lstat(this.path() || '/')
    if (stat === undefined) throw new SysError('ENOENT')
    return stat
  }

  enter(name: string): Held | Link {
    const stat = this.#names.tree.lstat(`${this.path()}/${name}`)
    if (stat === undefined) throw new SysError('ENOENT')
    if (isLink(stat)) return LINK
    if (!isDirectory(stat)) throw new SysError('ENOTDIR')
    return this.#below(name, stat, undefined)
  }

  keep(name: string | undefined, { stat, fd }: FoundDirectory): Held {
    return kept(this.#below(name, stat, fd), this.#names)
  }

  sync(): void {
    if (this.#pin !== undefined) this.#names.fsync(this.#pin)
  }

  close(): void {
    this.#names.open.delete(this)
    if (this.#pin !== undefined) this.#names.release(this.#pin)
  }

  moved(name: string, to: Held, newName: string): void {
    if (!(to instanceof HeldByNames)) return
    const from = [...this.#steps.map((step) => step.name), name]
    const target = [...to.#steps.map((step) => step.name), newName]
    const isMoved = this.#root === to.#root && from.join('/') === target.join('/')
    if (!isMoved) to.removed(newName)
    for (const each of this.#names.open) {
      const own = each.#isIn(this.#root, from) ? each.#steps[from.length - 1] : undefined
      if (own === undefined) continue
      each.#root = to.#root
      each.#steps = [...to.#steps, { name: newName, stat: own.stat }, ...each.#steps.slice(from.length)]
    }
  }

  removed(name: string): void {
    const names = [...this.#steps.map((step) => step.name), name]
    for (const each of this.#names.open) if (each.#isIn(this.#root, names)) each.#isGone = true
  }

  /** What it was when it was opened. */
  get #own(): Filestat {
    return (this.#steps.at(-1) ?? this.#root).stat
  }

  #isIn(root: Step, names: readonly string[]): boolean {
    return !this.#isGone && isSameRoot(root, this.#root) && names.every((name, at) => this.#steps[at]?.name === name)
  }

  #below(name: string | undefined, stat: Filestat, pin: number | undefined): HeldByNames {
    const steps = name === undefined ? this.#steps : [...this.#steps, { name, stat }]
    return new HeldByNames(this.#names, { root: this.#root, steps, pin })
  }

  #compare(path: string, stat: Filestat): void {
    const found = this.#names.tree.lstat(path || '/')
    if (!isDirectory(found) || !isSameFile(found, stat)) throw new SysError('ENOENT')
  }
}

function isSameRoot(one: Step, other: Step): boolean {
  return one.name === other.name && isSameFile(one.stat, other.stat)
}

function kept(held: HeldByNames, names: Names): HeldByNames {
  names.open.add(held)
  return held
}
