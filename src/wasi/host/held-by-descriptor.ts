import fs from 'node:fs'
import { SysError } from '../../posix/errno.js'
import { LINK, type Link } from '../directory.js'
import { type Filestat, filestatOf, isLink, sysErrorOf } from '../filestat.js'
import type { FoundDirectory, Held } from '../tree.js'
import type { Descent } from './descent.js'
import { hostTree } from './host-tree.js'
import { O_PATH, pathOfDescriptor } from './own-descriptors.js'

const { O_DIRECTORY, O_NOFOLLOW } = fs.constants

/** An open directory of Linux. What is in it is reached by way of its descriptor, so that names which led to it do not matter. */
export class HeldByDescriptor implements Held {
  readonly isCertain = true
  #fd: number | undefined
  readonly #path: string

  readonly #descent: Descent
  readonly #close: (fd: number) => void

  /** `close` is that of what has opened the descriptor. */
  constructor(fd: number, descent: Descent, close: (fd: number) => void = fs.closeSync) {
    this.#fd = fd
    this.#path = pathOfDescriptor(fd)
    this.#descent = descent
    this.#close = close
  }

  path(): string {
    this.#open()
    return this.#path
  }

  stat(): Filestat {
    return filestatOf(fs.fstatSync(this.#open(), { bigint: true }))
  }

  enter(name: string): Held | Link {
    const path = `${this.path()}/${name}`
    try {
      return this.#held(fs.openSync(path, (O_PATH ?? 0) | O_DIRECTORY | O_NOFOLLOW))
    } catch (error) {
      if (sysErrorOf(error).errno === 'ENOTDIR' && isLink(hostTree.lstat(path))) return LINK
      throw error
    }
  }

  enterAll(names: readonly string[]): Held | undefined {
    const entered = this.#descent.open(this.#open(), names)
    return entered && new HeldByDescriptor(entered.fd, this.#descent, entered.close)
  }

  keep(_: string | undefined, { fd }: FoundDirectory): Held {
    return this.#held(fd as number)
  }

  sync(): void {
    fs.fsyncSync(this.#open())
  }

  close(): void {
    const fd = this.#open()
    this.#fd = undefined
    this.#close(fd)
  }

  #held(fd: number): HeldByDescriptor {
    return new HeldByDescriptor(fd, this.#descent)
  }

  /** The descriptor. Once it is closed, its number may be that of another file. */
  #open(): number {
    if (this.#fd === undefined) throw new SysError('EBADF')
    return this.#fd
  }
}
