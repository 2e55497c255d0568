import { type Dialect, linkDialects } from '../abi/dialect.js'
import type { Guest } from '../abi/guest.js'
import type { CallEvent } from '../abi/trace.js'
import { dialects } from './dialects.js'
import { Files } from './files.js'
import type { Start } from './preview1.js'
import type { WasiProvider } from './provider.js'
import type { Stdio } from './stdio.js'

export interface OverlayOptions extends Start {
  readonly provider: WasiProvider
  readonly stdio: readonly [Stdio, Stdio, Stdio]
  readonly trace?: ((event: CallEvent) => void) | undefined
  /** The names that the guest imports: no other is linked. Default: all. */
  readonly wanted?: ReadonlySet<string> | undefined
}

/** The modules of a guest whose descriptors are one table: standard descriptors, files and sockets, in whichever dialect it speaks. */
export function overlay(guest: Guest, { provider, stdio, trace, wanted, ...start }: OverlayOptions): Overlay {
  for (const [fd, each] of stdio.entries()) guest.sockets.table.set(fd, each)
  const all = dialects(new Files(guest, provider), start)
  const style = { trace, wanted, tells: tellsOfSockets(guest) }
  const of = (module: string) =>
    linkDialects(
      guest,
      all.filter((each) => each.module === module),
      style,
    )
  const preview1 = of('wasi_snapshot_preview1')
  return {
    dialects: all,
    modules: { wasi_snapshot_preview1: preview1, wasi_unstable: preview1, wasix_32v1: of('wasix_32v1') },
  }
}

export interface Overlay {
  readonly dialects: readonly Dialect[]
  /** What a guest of them can import. */
  readonly modules: Record<'wasi_snapshot_preview1' | 'wasi_unstable' | 'wasix_32v1', WebAssembly.ModuleImports>
}

/** Of the calls that take any descriptor, a trace tells those on sockets. */
function tellsOfSockets({ sockets }: Guest) {
  return (name: string, args: readonly number[]) =>
    /^(sock_|epoll_|resolve$)/.test(name) || (name.startsWith('fd_') && sockets.isSocket(Number(args[0])))
}
