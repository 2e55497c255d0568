import type { Errno } from '../../posix/errno.js'

/** What a path of a local socket is asked for: a socket that is there, or a name for one in a folder that is there. */
export type PathUse = 'connect' | 'bind'

/** The file system in which a network's local sockets have their names. */
export interface LocalPaths {
  /** Where a path leads now, all links followed, and which file that is; `path` is undefined where that is not known. */
  settle(path: string): SettledPath
  /** The same of a path that is about to be used, held until `release`: nothing can be exchanged in between. */
  hold(path: string, use: PathUse): HeldPath
}

export interface SettledPath {
  readonly path: string | undefined
  /** The same for a file as long as it exists, whatever its name becomes. */
  readonly identity?: string | undefined
}

/** A path that was resolved as the system resolves it, component by component. */
export interface HeldPath {
  /** Without links; undefined where it is not known where the path leads. */
  readonly path: string | undefined
  /** What to dial in its place: this leads to what was resolved, whatever the path leads to by then. */
  readonly dialled: string
  /** What the system says of the path: an allowed guest gets that. */
  readonly errno?: Errno | undefined
  /** Of the file, or empty where a name is to be made, and of the folders that it lies in. */
  identities(): readonly string[]
  /** To be called when a bind has succeeded. It may throw a `SysError`. */
  bound?(): void
  release(): void
}

/** A path that counts as it is written, or as `path` says. */
export function unheld(dialled: string, path: string | undefined): HeldPath {
  return { path, dialled, identities: () => [], release() {} }
}

/** Paths that only a function resolves: nothing is held, so links that are exchanged in between can win. */
export function pathsBy(realPath: (path: string) => string): LocalPaths {
  return {
    settle: (path) => ({ path: realPath(path) }),
    hold(path) {
      const real = realPath(path)
      return unheld(real, real)
    },
  }
}

/** Paths that count as they are written, if they are written in the one way that needs no file system to understand. */
export const writtenPaths: LocalPaths = {
  settle: (path) => ({ path: plainly(path) }),
  hold: (path) => unheld(path, plainly(path)),
}

/** A whole path without `.`, `..` and double slashes. */
function plainly(path: string): string | undefined {
  return /^(\/(?!\.{0,2}(\/|$))[^/]+)*\/?$/.test(path) ? path : undefined
}
