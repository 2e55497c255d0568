import type { Guest } from '../abi/guest.js'
import { linkTable } from '../abi/link.js'
import type { CallEvent } from '../abi/trace.js'
import { Files } from './files.js'
import { preview1, type Start } from './preview1.js'
import type { WasiProvider } from './provider.js'
import type { Stdio } from './stdio.js'

export interface OverlayOptions extends Start {
  readonly provider: WasiProvider
  readonly stdio: readonly [Stdio, Stdio, Stdio]
  readonly trace?: ((event: CallEvent) => void) | undefined
}

/** The `wasi_snapshot_preview1` of a guest whose descriptors are one table: standard descriptors, files and sockets. */
export function overlay(guest: Guest, { provider, stdio, trace, ...start }: OverlayOptions): WebAssembly.ModuleImports {
  for (const [fd, each] of stdio.entries()) guest.sockets.table.set(fd, each)
  const files = new Files(guest, provider)
  const style = { fail: (guest: Guest, error: unknown) => guest.fail(error) }
  const table = preview1(files, start)
  const plain = linkTable(guest, table, style)
  return trace === undefined ? plain : onSockets(guest, plain, linkTable(guest, table, { ...style, trace }))
}

/** Of the calls that take any descriptor, a trace tells those on sockets. */
function onSockets(
  guest: Guest,
  plain: WebAssembly.ModuleImports,
  traced: WebAssembly.ModuleImports,
): WebAssembly.ModuleImports {
  const isOfDescriptors = (name: string) => name.startsWith('fd_') || name.startsWith('sock_')
  const pairs = Object.keys(plain).map((name) => {
    const [quiet, told] = [plain[name], traced[name]] as ((...args: unknown[]) => unknown)[]
    const either = (...args: unknown[]) => (guest.sockets.isSocket(Number(args[0])) ? told : quiet)?.(...args)
    return [name, isOfDescriptors(name) ? either : quiet]
  })
  return Object.fromEntries(pairs)
}
