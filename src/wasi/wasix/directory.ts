import { type Call, call } from '../../abi/call.js'
import type { Guest } from '../../abi/guest.js'
import { readAt, u32, writeAt } from '../../abi/layout.js'
import { pointer } from '../../abi/params.js'
import { SysError } from '../../posix/errno.js'
import { isProvided } from '../files.js'
import { isDirectory } from '../filestat.js'
import { text } from '../path-calls.js'
import { follow, type Place } from '../paths.js'
import type { Start } from '../preview1.js'

/** The working directory: kept here, and looked at by WASIX's libc, which makes each path absolute by itself. */
export function directoryTable({ env }: Start): Readonly<Record<string, Call>> {
  let current: string[] | undefined
  const currentOf = (guest: Guest) => (current ??= startOf(guest, env['PWD']))
  return {
    /** `ERANGE` tells in the length how much room the path needs with its NUL; else the length is that of the path. */
    getcwd: call([pointer('path'), pointer('length')], (guest, path, length) => {
      const { memory } = guest
      const text = Buffer.from(`${pathOf(currentOf(guest))}\0`)
      if (path === 0 || readAt(memory, u32, length) < text.length) {
        writeAt(memory, u32, length, text.length)
        throw new SysError('ERANGE')
      }
      memory.bytes(path, text.length).set(text)
      writeAt(memory, u32, length, text.length - 1)
    }),

    chdir: call([text('path')], (guest, path) => {
      current = led(guest, currentOf(guest), path)
    }),
  }
}

/** $PWD, if it is a directory of the guest's: it may have come from the host. */
function startOf(guest: Guest, given: string | undefined): string[] {
  if (given?.startsWith('/') !== true) return []
  try {
    return led(guest, [], given)
  } catch (error) {
    if (error instanceof SysError) return []
    throw error
  }
}

/** The names of the directory that a path leads to. Links are followed, so that no name of a link is left. */
function led(guest: Guest, current: readonly string[], path: string): string[] {
  if (path === '') throw new SysError('ENOENT')
  const names = path.startsWith('/') ? [] : [...current]
  const rest = namesIn(path)
  for (; rest[0] === '..'; rest.shift()) names.pop()
  names.push(...rest)
  const { above, place } = directoryAbove(guest, names)
  return follow(place, names.slice(above.length).join('/') || '.', 'always', (found) => {
    if (!isDirectory(found.there())) throw new SysError('ENOTDIR')
    return [...above, ...found.names]
  })
}

/** The innermost of the directories that the guest has from the start which is above the names; `ENOENT` where none is. */
function directoryAbove({ sockets }: Guest, names: readonly string[]): { above: string[]; place: Place } {
  const all = [...sockets.table].flatMap(([, open]) =>
    isProvided(open) && open.preopened !== undefined && open.place !== undefined
      ? [{ above: namesIn(open.preopened), place: open.place }]
      : [],
  )
  const fitting = all.filter(({ above }) => above.every((name, at) => name === names[at]))
  const [innermost] = fitting.sort((one, other) => other.above.length - one.above.length)
  if (innermost === undefined) throw new SysError('ENOENT')
  return innermost
}

function namesIn(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.')
}

function pathOf(names: readonly string[]): string {
  return `/${names.join('/')}`
}
