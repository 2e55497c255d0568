import fs from 'node:fs'
import path from 'node:path'
import type { SystemCalls } from '../native/system-calls.js'
import { checkedTree } from './checked-tree.js'
import type { Directory } from './directory.js'
import { sysErrorOf } from './filestat.js'
import { HeldByNames, type Names } from './held-by-names.js'
import { Descent } from './host/descent.js'
import { HeldByDescriptor } from './host/held-by-descriptor.js'
import { hostTree } from './host/host-tree.js'
import { isReachedByDescriptor, O_PATH } from './host/own-descriptors.js'
import { PathDirectory } from './path-directory.js'
import type { WasiProvider } from './provider.js'
import { ReadOnlyDirectory } from './read-only.js'

/** A directory of the host's: its path, or the path with what the guest may do there. */
export type GrantedDirectory = string | { readonly path: string; readonly readOnly?: boolean | undefined }

export interface HostFilesOptions {
  /** Whether directories may be reached by their descriptors, as Linux can. Default: true. */
  readonly byDescriptor?: boolean
  /** The system's own calls, if there are any by the time they can be of use. */
  readonly calls?: () => SystemCalls | undefined
}

/** Directories of the host's. `preopens` maps what the guest calls them to where they are. They are opened when the guest starts. */
export function hostFiles(
  preopens: Readonly<Record<string, GrantedDirectory>>,
  { byDescriptor = true, calls = () => undefined }: HostFilesOptions = {},
): WasiProvider {
  const names = namesOfHost()
  const descent = byDescriptor ? new Descent(calls) : undefined
  return {
    preopens: Object.entries(preopens).map(([name, granted]) => {
      const { path: given, readOnly = false } = typeof granted === 'string' ? { path: granted } : granted
      const at = fs.realpathSync(given)
      const open = () => {
        const root = openRoot(at, descent, names)
        return readOnly ? new ReadOnlyDirectory(root) : root
      }
      return { name, isTop: path.dirname(at) === at, open }
    }),
  }
}

function openRoot(at: string, descent: Descent | undefined, names: Names): Directory {
  const fd = descriptorOf(at)
  if (descent !== undefined && fd !== undefined) {
    const held = new HeldByDescriptor(fd, descent)
    if (isReachedByDescriptor(fd, held.stat())) return new PathDirectory(hostTree, held)
  }
  return new PathDirectory(names.tree, HeldByNames.root(names, at === '/' ? '' : at, fd))
}

/** Keeps a directory, which one that cannot be listed allows with O_PATH only. Windows opens none. */
function descriptorOf(at: string): number | undefined {
  const { O_DIRECTORY = 0, O_RDONLY } = fs.constants
  for (const flags of [O_RDONLY | O_DIRECTORY, ...(O_PATH === undefined ? [] : [O_PATH | O_DIRECTORY])])
    try {
      return fs.openSync(at, flags)
    } catch (error) {
      if (sysErrorOf(error).errno === 'EMFILE') throw error
    }
  return undefined
}

/** Directories of the host's that are kept by their names: where there is no /proc, or it may not be used. */
function namesOfHost(): Names {
  return {
    tree: checkedTree(hostTree),
    isCertain: false,
    followsNone: false,
    open: new Set(),
    release: (fd) => fs.closeSync(fd),
    fsync: (fd) => fs.fsyncSync(fd),
  }
}
