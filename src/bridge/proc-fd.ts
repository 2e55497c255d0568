import fs from 'node:fs'

/** Opens a file as a place only: nothing is read, and nothing happens to what is there. Linux, the same on all of Node's processors. */
const O_PATH = 0o10000000

/** A path that leads to what is open as a descriptor, or to `name` in it. */
export function pathOfFd(fd: number, name?: string): string {
  return name === undefined ? `/proc/self/fd/${fd}` : `/proc/self/fd/${fd}/${name}`
}

/** Opens what a path leads to now, links followed. The descriptor leads there whatever becomes of the path. Throws what Node throws. */
export function openPlace(path: string): number {
  return fs.openSync(path, O_PATH)
}

/** The same of a folder; `ENOTDIR` for anything else. */
export function openFolder(path: string): number {
  return fs.openSync(path, O_PATH | fs.constants.O_DIRECTORY)
}

/**
 * A path in a folder that is open elsewhere, as one in a folder that is open here, until `release`. Of other paths it is the same path.
 */
export function heldHere(path: string): { path: string; release: () => void } {
  const [, folder, name] = /^(\/proc\/self\/fd\/\d+)\/([^/]+)$/.exec(path) ?? []
  if (folder === undefined) return { path, release() {} }
  const fd = openFolder(folder)
  return { path: pathOfFd(fd, name), release: () => fs.closeSync(fd) }
}
