import { bare } from '../abi/bare.js'
import { linkDialects } from '../abi/dialect.js'
import type { Guest } from '../abi/guest.js'
import { readAt, u8, u32, writeAt } from '../abi/layout.js'
import { wasiNumber } from '../posix/errno.js'
import type { Open, OpenFile } from '../posix-sockets/open.js'
import { Files } from './files.js'
import { preview1 } from './preview1.js'
import { noFiles } from './provider.js'
import { clockSubscription } from './structures.js'

type Functions = Readonly<Record<string, (...args: (number | bigint)[]) => number>>

/** A descriptor of another WASI's, in the guest's table. */
interface ForeignFile extends OpenFile {
  /** Its number there. */
  readonly foreign: number
}

/** The parameters of preview 1 that are descriptors, by function; the first one of the others is. */
const descriptorsAt: Readonly<Record<string, readonly number[]>> = {
  path_link: [0, 4],
  path_rename: [0, 3],
  path_symlink: [2],
}
const takesDescriptor = /^(fd|path|sock)_/
/** Functions whose result is a new descriptor, and the parameter that points to its place. */
const resultAt: Readonly<Record<string, number>> = { path_open: 8, sock_accept: 2 }
/** Functions that change the table itself, or that look at descriptors of both kinds. */
const onTheTable = new Set(['fd_close', 'fd_renumber'])
const [FIRST_PREOPEN, STANDARD] = [3, [0, 1, 2]]
const [TAG_AT, FD_AT, TAG_CLOCK] = [8, 16, 0]
/** Where a question may be put whose answer is not for the guest: 8 bytes that are restored. */
const SCRATCH = { at: 8, bytes: 8 }

/** One table for the descriptors of a guest's sockets and for those of another WASI, whose functions of preview 1 are `given`. */
export class ForeignWasi {
  readonly #guest: Guest
  readonly #given: Functions
  readonly #own: Functions
  #isBegun = false
  /** The functions of preview 1 over both. */
  readonly functions: WebAssembly.ModuleImports

  constructor(guest: Guest, given: WebAssembly.ModuleImports) {
    this.#guest = guest
    this.#given = given as unknown as Functions
    const calls = preview1(new Files(guest, noFiles), { args: [], env: {} })
    this.#own = linkDialects(guest, [{ name: 'WASI', module: 'wasi_snapshot_preview1', calls }]) as unknown as Functions
    this.functions = this.before(Object.fromEntries(Object.keys(given).map((name) => [name, this.#function(name)])))
  }

  /** The same functions; the first call of any finds out which descriptors the other WASI has. */
  before(functions: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
    const all = Object.entries(functions as unknown as Functions).map(([name, run]) => [
      name,
      (...args: (number | bigint)[]) => {
        if (!this.#isBegun) this.#begin()
        return run(...args)
      },
    ])
    return bare(Object.fromEntries(all))
  }

  #function(name: string): Functions[string] {
    const [given, own] = [this.#given[name], this.#own[name]]
    if (given === undefined) throw new TypeError(`the WASI functions have no ${name}`)
    if (name === 'poll_oneoff') return (...args) => this.#poll(args as number[])
    if (own === undefined || !takesDescriptor.test(name)) return given
    if (onTheTable.has(name)) return own
    const at = descriptorsAt[name] ?? [0]
    return (...args) => {
      const files = at.map((index) => this.#open(args[index]))
      if (!files.every(isForeign)) return files.some(isForeign) ? wasiNumber('EXDEV') : own(...args)
      const translated = args.map((arg, index) => files[at.indexOf(index)]?.foreign ?? arg)
      const result = resultAt[name]
      return result === undefined
        ? given(...translated)
        : this.#opening(() => given(...translated), Number(args[result]))
    }
  }

  #open(fd: number | bigint | undefined): Open | undefined {
    const { table } = this.#guest.sockets
    return table.has(Number(fd)) ? table.get(Number(fd)) : undefined
  }

  /** Gives the descriptor that a call of the other WASI has made a number of the guest's. */
  #opening(open: () => number, place: number): number {
    const { sockets, memory } = this.#guest
    if (!sockets.table.hasRoom()) return wasiNumber('EMFILE')
    const errno = open()
    if (errno === 0) writeAt(memory, u32, place, sockets.table.add(this.#file(readAt(memory, u32, place))))
    return errno
  }

  /** Of descriptors that are all the other WASI's, it is asked; where sockets are among them, its files count as ready. */
  #poll(args: number[]): number {
    const { memory } = this.#guest
    const given = this.#given['poll_oneoff'] as Functions[string]
    const [from = 0, , count = 0] = args
    if (count >>> 0 > 0xffff) return wasiNumber('EINVAL')
    memory.check(from, count * clockSubscription.size)
    const places = Array.from({ length: count }, (_, index) => from + index * clockSubscription.size)
      .filter((at) => readAt(memory, u8, at + TAG_AT) !== TAG_CLOCK)
      .map((at) => ({ at: at + FD_AT, fd: readAt(memory, u32, at + FD_AT) }))
    const files = places.map(({ fd }) => this.#open(fd))
    if (places.length > 0 && !files.every(isForeign)) return (this.#own['poll_oneoff'] as Functions[string])(...args)
    for (const [index, { at }] of places.entries()) writeAt(memory, u32, at, (files[index] as ForeignFile).foreign)
    const errno = given(...args)
    for (const { at, fd } of places) writeAt(memory, u32, at, fd)
    return errno
  }

  /** Standard descriptors, and the directories that the other WASI has opened: they stand from 3 on. */
  #begin(): void {
    this.#isBegun = true
    const { table } = this.#guest.sockets
    for (const fd of STANDARD) if (!table.has(fd)) table.set(fd, this.#file(fd))
    for (let number = FIRST_PREOPEN; this.#isPreopened(number); number++) table.add(this.#file(number))
  }

  #isPreopened(number: number): boolean {
    const place = this.#guest.memory.bytes(SCRATCH.at, SCRATCH.bytes)
    const before = place.slice()
    const errno = this.#given['fd_prestat_get']?.(number, SCRATCH.at)
    this.#guest.memory.bytes(SCRATCH.at, SCRATCH.bytes).set(before)
    return errno === 0
  }

  #file(foreign: number): ForeignFile {
    return { is: 'file', references: 0, foreign, close: () => void this.#given['fd_close']?.(foreign) }
  }
}

function isForeign(open: Open | undefined): open is ForeignFile {
  return open?.is === 'file' && 'foreign' in open
}
