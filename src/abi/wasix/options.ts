import { hostText } from '../../posix/address.js'
import { SysError } from '../../posix/errno.js'
import type { Linger, OptionName } from '../../posix-sockets/options.js'
import { type Call, call, type Param } from '../call.js'
import { u8, u64 } from '../layout.js'
import { out } from '../outputs.js'
import { i32, i64, sock } from '../params.js'
import { millisecondsOf, optionalTime } from './times.js'

/** Datagram sockets that share a port need no more than SO_REUSEADDR on Linux; other listeners cannot share one in Node. */
const [REUSE_PORT, REUSE_ADDRESS] = [1, 2]

/** __wasi_sock_option_t, by the calls that take it. PROMISC and the time limits of connect and accept have no option of sockets. */
const flagOptions: Readonly<Record<number, OptionName>> = {
  1: 'SO_REUSEPORT',
  2: 'SO_REUSEADDR',
  3: 'TCP_NODELAY',
  4: 'SO_DONTROUTE',
  5: 'IPV6_V6ONLY',
  6: 'SO_BROADCAST',
  7: 'IP_MULTICAST_LOOP',
  8: 'IPV6_MULTICAST_LOOP',
  10: 'SO_ACCEPTCONN',
  12: 'SO_KEEPALIVE',
  14: 'SO_OOBINLINE',
}
const timeOptions: Readonly<Record<number, OptionName>> = { 13: 'SO_LINGER', 19: 'SO_RCVTIMEO', 20: 'SO_SNDTIMEO' }
const sizeOptions: Readonly<Record<number, OptionName>> = {
  11: 'SO_ERROR',
  15: 'SO_RCVBUF',
  16: 'SO_SNDBUF',
  17: 'SO_RCVLOWAT',
  23: 'IP_TTL',
  24: 'IP_MULTICAST_TTL',
  25: 'SO_TYPE',
  26: 'SO_PROTOCOL',
  27: 'TCP_KEEPIDLE',
  28: 'TCP_KEEPINTVL',
  29: 'TCP_KEEPCNT',
}

/** An option of those that a call takes. */
function option(of: Readonly<Record<number, OptionName>>): Param<OptionName> {
  return {
    names: ['option'],
    decode({ sockets }, args, at) {
      const { family, type } = sockets.socketOf(args[0] ?? -1)
      const number = args[at] ?? 0
      const name = of[number === REUSE_PORT && type === 'dgram' ? REUSE_ADDRESS : number]
      if (name === undefined) throw new SysError('ENOPROTOOPT')
      const isInet6 = family === 'inet6'
      return name === 'IP_TTL' && isInet6 ? 'IPV6_UNICAST_HOPS' : name
    },
    show: String,
  }
}

const time: Param<bigint | undefined> = {
  names: ['time'],
  decode: ({ memory }, args, at) => optionalTime.read(memory, args[at] ?? 0),
  show: shownTime,
}

function shownTime(ns: bigint | undefined): string {
  return ns === undefined ? 'NONE' : `${ns} ns`
}

const host = (name: string, size: 4 | 16): Param<string> => ({
  names: [name],
  decode: ({ memory }, args, at) => hostText(memory.bytes(args[at] ?? 0, size)),
  show: String,
})

const viaAddress = (option: OptionName) =>
  call([sock, host('group', 4), host('interface', 4)], ({ sockets }, fd, group, via) =>
    sockets.setsockopt(fd, option, { group, via: via === '0.0.0.0' ? '' : via }),
  )

/** Flow and scope, which follow the 16 bytes in newer headers, say nothing about a group. */
const viaIndex = (option: OptionName) =>
  call([sock, host('group', 16), i32('interface')], ({ sockets }, fd, group, index) =>
    sockets.setsockopt(fd, option, { group, via: index === 0 ? '' : `::%${index >>> 0}` }),
  )

/** The calls of WASIX on a socket's options. */
export const wasixOptions: Readonly<Record<string, Call>> = {
  sock_set_opt_flag: call([sock, option(flagOptions), i32('flag')], ({ sockets }, fd, name, flag) =>
    sockets.setsockopt(fd, name, Number(flag !== 0)),
  ),

  sock_get_opt_flag: call([sock, option(flagOptions), out('flag', u8)], ({ sockets }, fd, name, flag) =>
    flag.write(Number(sockets.getsockopt(fd, name) !== 0)),
  ),

  sock_set_opt_time: call([sock, option(timeOptions), time], ({ sockets }, fd, name, ns) =>
    sockets.setsockopt(fd, name, name === 'SO_LINGER' ? lingering(ns) : millisecondsOf(ns ?? 0n)),
  ),

  sock_get_opt_time: call(
    [sock, option(timeOptions), out('time', optionalTime, { show: shownTime })],
    ({ sockets }, fd, name, time) => {
      const value = sockets.getsockopt(fd, name)
      time.write(typeof value === 'number' ? nanoseconds(value) : lingerTime(value as Linger))
    },
  ),

  sock_set_opt_size: call([sock, option(sizeOptions), i64('size')], ({ sockets }, fd, name, size) =>
    sockets.setsockopt(fd, name, Number(BigInt.asUintN(64, size))),
  ),

  sock_get_opt_size: call([sock, option(sizeOptions), out('size', u64)], ({ sockets }, fd, name, size) =>
    size.write(BigInt(Number(sockets.getsockopt(fd, name)))),
  ),

  sock_join_multicast_v4: viaAddress('IP_ADD_MEMBERSHIP'),
  sock_leave_multicast_v4: viaAddress('IP_DROP_MEMBERSHIP'),
  sock_join_multicast_v6: viaIndex('IPV6_ADD_MEMBERSHIP'),
  sock_leave_multicast_v6: viaIndex('IPV6_DROP_MEMBERSHIP'),
}

/** SO_LINGER counts seconds. A part of one is a whole one: 0 would reset the connection. */
function lingering(ns: bigint | undefined): Linger {
  return ns === undefined ? { on: false, seconds: 0 } : { on: true, seconds: Math.ceil(millisecondsOf(ns) / 1000) }
}

function lingerTime({ on, seconds }: Linger): bigint | undefined {
  return on ? BigInt(seconds) * 1_000_000_000n : undefined
}

function nanoseconds(timeoutMs: number): bigint | undefined {
  return Number.isFinite(timeoutMs) ? BigInt(Math.round(timeoutMs * 1e6)) : undefined
}
