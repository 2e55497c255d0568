import type { Filestat } from '../wasi/filestat.js'
import type { WasiProvider } from '../wasi/provider.js'
import type { Log } from './log.js'
import type { Told } from './outputs.js'
import type { Tape } from './tape.js'

/*
 * Files are not in a recording: a replay has those that it is given. But their times and their numbers are the machine's, and with
 * them what a guest learns of those. What a replay must find the same is the input, what it is told instead the output.
 */

/** Records what a guest learns of files besides what is in them. */
export function recordedFiles(provider: WasiProvider, log: Log): WasiProvider {
  const shown = (stat: Filestat) => {
    const { device, inode, accessed, modified, changed } = stat
    log.run('filestat', knownBefore(stat), (): Told => ({ device, inode, accessed, modified, changed }))
    return stat
  }
  return { ...provider, shown }
}

/** Files with the times and numbers of then. One that is of another kind or size stops the guest. */
export function replayedFiles(provider: WasiProvider, tape: Tape): WasiProvider {
  const shown = (stat: Filestat) => ({ ...stat, ...(tape.answer('filestat', knownBefore(stat)) as Told) })
  return { ...provider, shown }
}

function knownBefore({ filetype, size, links }: Filestat): object {
  return { filetype, size, links }
}
