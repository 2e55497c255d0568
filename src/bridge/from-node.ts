import type { AddressInfo } from 'node:net'
import os from 'node:os'
import { type Address, type InetAddress, isNumericHost } from '../posix/address.js'
import type { EaiName } from '../posix/constants.js'
import { type Errno, isErrno, SysError } from '../posix/errno.js'

const otherCodes: Record<string, Errno> = {
  ENOTSUP: 'EOPNOTSUPP',
  ENOTFOUND: 'EHOSTUNREACH',
  ESHUTDOWN: 'EPIPE',
  ERR_STREAM_DESTROYED: 'EPIPE',
  ERR_STREAM_WRITE_AFTER_END: 'EPIPE',
  ERR_STREAM_PREMATURE_CLOSE: 'ECONNRESET',
  ERR_SOCKET_BAD_PORT: 'EINVAL',
  ABORT_ERR: 'ECONNABORTED',
}

/** The errno of an error that Node reports; `EIO` for one it has no name for. */
export function errnoFromNode(error: unknown): Errno {
  if (error instanceof SysError) return error.errno
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (isErrno(code)) return code
  if (code?.startsWith('ERR_SSL_') || code?.startsWith('ERR_TLS_')) return 'EPROTO'
  return (code !== undefined && otherCodes[code]) || 'EIO'
}

const lookupFailures: Record<string, EaiName> = {
  ENOTFOUND: 'EAI_NONAME',
  EAI_NODATA: 'EAI_NONAME',
  EAI_NONAME: 'EAI_NONAME',
  EAI_AGAIN: 'EAI_AGAIN',
  EAI_FAIL: 'EAI_FAIL',
  EAI_FAMILY: 'EAI_FAMILY',
  EAI_MEMORY: 'EAI_MEMORY',
  ENOMEM: 'EAI_MEMORY',
}

/** getaddrinfo's reason for an error of Node's `dns.lookup`. */
export function lookupFailureFromNode(error: unknown): EaiName {
  const code = (error as NodeJS.ErrnoException).code
  return (code !== undefined && lookupFailures[code]) || 'EAI_FAIL'
}

/** The address that Node describes; IPv6 scopes come as interface names (`fe80::1%eth0`). */
export function addressFromNode(host: string, port: number): InetAddress {
  if (!host.includes(':')) return { family: 'inet', host, port }
  const [plain = '', zone] = host.split('%')
  return { family: 'inet6', host: plain, port, scope: zone === undefined ? 0 : scopeOf(zone) }
}

/** What `server.address()` and `socket.address()` answer. */
export function ownAddressFromNode(info: AddressInfo | string | null | Record<never, never>): Address {
  if (typeof info === 'string') return { family: 'unix', path: info }
  if (info === null || !('port' in info)) return { family: 'unix', path: '' }
  return addressFromNode(info.address, info.port)
}

/** The host as Node takes it, with the interface's name for a link-local IPv6 address. */
export function hostForNode(address: InetAddress): string {
  if (address.family === 'inet' || address.scope === 0) return address.host
  const zone = Object.entries(os.networkInterfaces()).find(([, entries]) =>
    entries?.some((entry) => entry.family === 'IPv6' && entry.scopeid === address.scope),
  )
  return zone ? `${address.host}%${zone[0]}` : address.host
}

function scopeOf(zone: string): number {
  const entry = os.networkInterfaces()[zone]?.find((one) => one.family === 'IPv6')
  return entry?.family === 'IPv6' ? entry.scopeid : Number(zone) || 0
}

/** A look-up for Node's own use that never asks a name server: addresses here are numbers already. */
export function lookupNumeric(
  host: string,
  options: { all?: boolean | undefined },
  done: (error: Error | null, address: string | { address: string; family: number }[], family: number) => void,
): void {
  const family = host.includes(':') ? 6 : 4
  const error = isNumericHost(host)
    ? null
    : Object.assign(new Error(`${host} is no numeric address`), { code: 'EINVAL' })
  if (options.all) done(error, [{ address: host, family }], family)
  else done(error, host, family)
}
