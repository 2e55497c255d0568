import fs from 'node:fs'
import type { SystemCalls } from '../../native/system-calls.js'
import { O_PATH } from './own-descriptors.js'

const OPENAT2 = 437
const O_CLOEXEC = 0o2000000
const [RESOLVE_NO_MAGICLINKS, RESOLVE_NO_SYMLINKS, RESOLVE_BENEATH] = [2n, 4n, 8n]
const [EPERM, EINVAL, ENOSYS] = [1, 22, 38]

/*
 * struct open_how, 24 bytes:
 *
 *   0       8      16        24
 *   | flags | mode | resolve |
 */
const how = new Uint8Array(
  BigUint64Array.of(
    BigInt((O_PATH ?? 0) | fs.constants.O_DIRECTORY | O_CLOEXEC),
    0n,
    RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH,
  ).buffer,
)

/** A directory that the system's own calls have opened, and have to close. */
export interface Entered {
  readonly fd: number
  readonly close: (fd: number) => void
}

/**
 * Opens directories below others by openat2(2), several names in one call, where the system's own calls are at hand: the system itself
 * follows no link then, and does not leave the directory that it begins in.
 */
export class Descent {
  readonly #calls: () => SystemCalls | undefined
  /** False when the system has no such call, or forbids it. */
  #isAllowed = true

  constructor(calls: () => SystemCalls | undefined) {
    this.#calls = calls
  }

  /** Returns undefined where there is no such directory, or it takes another way to know. */
  open(fd: number, names: readonly string[]): Entered | undefined {
    const calls = this.#isAllowed ? this.#calls() : undefined
    if (calls === undefined) return undefined
    const opened = calls.syscall(OPENAT2, fd, Buffer.from(`${names.join('/')}\0`), how, how.byteLength)
    if (opened >= 0) return { fd: opened, close: (fd) => void calls.close(fd) }
    if ([EPERM, EINVAL, ENOSYS].includes(-opened)) this.#isAllowed = false
    return undefined
  }
}
