import fs from 'node:fs'
import { type Filestat, filestatOf, isSameFile } from '../filestat.js'

/** O_PATH of Linux, which Node has no name for: a descriptor that only says where something is. */
export const O_PATH = process.platform === 'linux' ? 0o10000000 : undefined

/** The number of this process in the /proc that it sees, which is another one's number where that is of another PID namespace. */
let own: string | undefined

/** A path that leads to an open descriptor's file on Linux, whatever has become of its names. By number it is quicker than by `self`. */
export function pathOfDescriptor(fd: number): string {
  own ??= `/proc/${fs.readlinkSync('/proc/self')}/fd`
  return `${own}/${fd}`
}

/** Whether an open directory can be reached by its descriptor: there is a /proc, and it may be used. */
export function isReachedByDescriptor(fd: number, stat: Filestat): boolean {
  if (O_PATH === undefined) return false
  try {
    return isSameFile(filestatOf(fs.lstatSync(`${pathOfDescriptor(fd)}/.`, { bigint: true })), stat)
  } catch {
    return false
  }
}
