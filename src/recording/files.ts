import type { WasiProvider } from '../wasi/provider.js'
import type { Filestat } from '../wasi/structures.js'
import type { Log } from './log.js'
import type { Tape } from './tape.js'

/*
 * Files are not in a recording: a replay has those that it is given. But their times and their numbers are the machine's, and with
 * them what a guest learns of those. What a replay must find the same is the input, what it is told instead the output.
 */
type Told = Pick<Filestat, 'device' | 'inode' | 'accessed' | 'modified' | 'changed'>

/** Records what a guest learns of files besides what is in them. */
export function recordedFiles(provider: WasiProvider, log: Log): WasiProvider {
  return showing(provider, (stat) => {
    const { device, inode, accessed, modified, changed } = stat
    log.run('filestat', knownBefore(stat), (): Told => ({ device, inode, accessed, modified, changed }))
    return stat
  })
}

/** Files with the times and numbers of then. One that is of another kind or size stops the guest. */
export function replayedFiles(provider: WasiProvider, tape: Tape): WasiProvider {
  return showing(provider, (stat) => ({ ...stat, ...(tape.answer('filestat', knownBefore(stat)) as Told) }))
}

function knownBefore({ filetype, size, links }: Filestat): object {
  return { filetype, size, links }
}

function showing(provider: WasiProvider, shown: (stat: Filestat) => Filestat): WasiProvider {
  const { tree } = provider
  const lstat = (path: string) => {
    const stat = tree.lstat(path)
    return stat && shown(stat)
  }
  return { ...provider, tree: { ...tree, lstat }, shown }
}
