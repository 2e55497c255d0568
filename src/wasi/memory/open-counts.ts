/** How often a file is open, and whether it still has a name. */
export interface OpenCount {
  /** Notes that one of its descriptions is closed. Returns true if the file is gone with it. */
  closed(): boolean
}

/** The files in memory that are open, by their inodes: one without a name takes room until it is closed. */
export class OpenCounts {
  readonly #counts = new Map<bigint, Count>()

  opened(inode: bigint): OpenCount {
    const count = this.#counts.get(inode) ?? new Count(() => this.#counts.delete(inode))
    this.#counts.set(inode, count)
    count.times++
    return count
  }

  /** Notes that the last name of a file is gone; another file may be given its inode. Returns true if the file is gone with it. */
  unlinked(inode: bigint): boolean {
    const count = this.#counts.get(inode)
    this.#counts.delete(inode)
    if (count !== undefined) count.hasName = false
    return count === undefined
  }
}

class Count implements OpenCount {
  times = 0
  hasName = true
  readonly #forget: () => void

  constructor(forget: () => void) {
    this.#forget = forget
  }

  closed(): boolean {
    if (--this.times > 0) return false
    if (this.hasName) this.#forget()
    return !this.hasName
  }
}
