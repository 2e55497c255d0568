import type { Dialect } from '../abi/dialect.js'
import { replicated } from '../abi/replicated.js'
import { wamr } from '../abi/wamr/wamr.js'
import { wasixInPreview1 } from '../abi/wasix/descriptors.js'
import { wasixSockets } from '../abi/wasix/wasix.js'
import { wasmedge1, wasmedge2 } from '../abi/wasmedge/wasmedge.js'
import type { Files } from './files.js'
import { preview1, type Start } from './preview1.js'
import { wasixFiles } from './wasix/wasix.js'

/** Every dialect that a guest may speak besides `posix_sockets`. */
export function dialects(files: Files, start: Start): readonly Dialect[] {
  const wasi = preview1(files, start)
  const { poll_oneoff } = wasi
  return [
    { name: 'WASI preview 1', module: 'wasi_snapshot_preview1', calls: wasi },
    { ...wasmedge2, calls: { ...wasmedge2.calls, ...(poll_oneoff && { epoll_oneoff: poll_oneoff }) } },
    wasmedge1,
    wamr,
    replicated,
    {
      name: 'WASIX',
      module: 'wasi_snapshot_preview1',
      calls: wasixInPreview1,
      claim: { by: 'functions of wasix_32v1 beside it', isMeant: ({ isWasix }) => isWasix },
    },
    { name: 'WASIX', module: 'wasix_32v1', calls: { ...wasi, ...wasixSockets, ...wasixFiles(files, start) } },
  ]
}
