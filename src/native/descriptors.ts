import type { OpenFds } from '../bridge/open-fds.js'
import type { Handle, SocketType } from '../network/network.js'
import type { Family } from '../posix/address.js'
import { F_DUPFD_CLOEXEC } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import { checked, type SystemCalls } from './system-calls.js'

/** A descriptor of the system's that is the guest's. Its handle is its number. */
export interface Descriptor {
  readonly fd: Handle
  readonly family: Family
  readonly type: SocketType | 'pipe'
  /** Both ends are the guest's. */
  readonly isPaired: boolean
  /** Where it went on when TLS began: the bridge's handle. */
  secured: Handle | undefined
  /** How often the system has told of something to receive, and of room to send: see edges.ts. */
  received: number
  sendable: number
  watched: number
  /** For level-set.ts: the round it was last asked about in, what for, and where. */
  round: number
  wanted: number
  registered: number
  at: number
}

/** The descriptors of one guest. */
export class Descriptors {
  readonly #calls: SystemCalls
  readonly #open: OpenFds
  readonly #all: (Descriptor | undefined)[] = []
  readonly #kept: number[] = []
  /** Called before one is closed. */
  onClose: (descriptor: Descriptor) => void = () => {}

  constructor(calls: SystemCalls, open: OpenFds) {
    this.#calls = calls
    this.#open = open
  }

  /** The descriptor of a handle; `EBADF` when there is none. */
  get(handle: Handle): Descriptor {
    const found = this.#all[handle]
    if (found === undefined) throw new SysError('EBADF')
    return found
  }

  find(handle: Handle): Descriptor | undefined {
    return this.#all[handle]
  }

  /** Takes charge of what the system has just opened. */
  add(fd: number, family: Family, type: Descriptor['type'], { isPaired = false } = {}): Descriptor {
    this.#own(fd)
    const descriptor: Descriptor = {
      fd,
      family,
      type,
      isPaired,
      secured: undefined,
      received: 0,
      sendable: 0,
      watched: 0,
      round: 0,
      wanted: 0,
      registered: 0,
      at: -1,
    }
    this.#all[fd] = descriptor
    return descriptor
  }

  close(descriptor: Descriptor): void {
    this.onClose(descriptor)
    this.#all[descriptor.fd] = undefined
    this.#close(descriptor.fd)
  }

  /** Takes charge of a descriptor that is not for the guest to see. */
  keep(fd: number): number {
    this.#own(fd)
    this.#kept.push(fd)
    return fd
  }

  /** Closes all, but the one that somebody else will close. */
  closeAll({ except }: { except?: number | undefined } = {}): void {
    for (const descriptor of this.#all) if (descriptor !== undefined) this.close(descriptor)
    for (const fd of this.#kept.splice(0)) if (fd !== except) this.#close(fd)
  }

  /** Another descriptor of the same, which somebody else will close. */
  duplicate({ fd }: Descriptor): number {
    const copy = checked(this.#calls.fcntl(fd, F_DUPFD_CLOEXEC, 0))
    this.#own(copy)
    return copy
  }

  #own(fd: number): void {
    if (this.#open.add(fd)) return
    this.#calls.close(fd)
    throw new SysError('EMFILE')
  }

  #close(fd: number): void {
    this.#open.remove(fd) // first: closed twice would be worse than not at all
    this.#calls.close(fd)
  }
}
