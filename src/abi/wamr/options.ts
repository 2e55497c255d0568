import type { Linger, OptionName } from '../../posix-sockets/options.js'
import { type Call, call, type Param } from '../call.js'
import { i32 as int, u8, u32, u64 } from '../layout.js'
import { out } from '../outputs.js'
import { i32, i64, sock } from '../params.js'
import { membership } from './address.js'

type Calls = Record<string, Call>

/** An option that is on or off: one byte. */
function flag(name: string, option: OptionName): Calls {
  return {
    [`sock_get_${name}`]: call([sock, out('is_enabled', u8)], ({ sockets }, fd, result) =>
      result.write(sockets.getsockopt(fd, option) as number),
    ),
    [`sock_set_${name}`]: call([sock, i32('is_enabled')], ({ sockets }, fd, on) =>
      sockets.setsockopt(fd, option, Number(on !== 0)),
    ),
  }
}

/** An option that is a number of a few hops or of seconds. */
function number(name: string, option: OptionName, layout: typeof u8): Calls {
  return {
    [`sock_get_${name}`]: call([sock, out('value', layout)], ({ sockets }, fd, result) =>
      result.write(sockets.getsockopt(fd, option) as number),
    ),
    [`sock_set_${name}`]: call([sock, i32('value')], ({ sockets }, fd, value) => sockets.setsockopt(fd, option, value)),
  }
}

/** A time in microseconds, of which 0 is for ever. */
function timeout(name: string, option: 'SO_RCVTIMEO' | 'SO_SNDTIMEO'): Calls {
  return {
    [`sock_get_${name}`]: call([sock, out('timeout_us', u64)], ({ sockets }, fd, result) => {
      const ms = sockets.getsockopt(fd, option) as number
      result.write(Number.isFinite(ms) ? BigInt(Math.round(ms * 1000)) : 0n)
    }),
    [`sock_set_${name}`]: call([sock, i64('timeout_us')], ({ sockets }, fd, time) =>
      sockets.setsockopt(fd, option, Number(BigInt.asUintN(64, time)) / 1000),
    ),
  }
}

const isIPv6: Param<boolean> = {
  names: ['ipv6'],
  decode: (_, args, at) => args[at] !== 0,
  show: (value) => (value ? 'IPv6' : 'IPv4'),
}
const loopOf = (ipv6: boolean): OptionName => (ipv6 ? 'IPV6_MULTICAST_LOOP' : 'IP_MULTICAST_LOOP')

/** One function to get and one to set each option, as WAMR has them instead of getsockopt and setsockopt. */
export const wamrOptions: Readonly<Calls> = {
  ...flag('broadcast', 'SO_BROADCAST'),
  ...flag('keep_alive', 'SO_KEEPALIVE'),
  ...flag('reuse_addr', 'SO_REUSEADDR'),
  ...flag('tcp_no_delay', 'TCP_NODELAY'),
  ...flag('ipv6_only', 'IPV6_V6ONLY'),
  ...number('tcp_keep_idle', 'TCP_KEEPIDLE', u32),
  ...number('tcp_keep_intvl', 'TCP_KEEPINTVL', u32),
  ...number('ip_ttl', 'IP_TTL', u8),
  ...number('ip_multicast_ttl', 'IP_MULTICAST_TTL', u8),
  ...timeout('recv_timeout', 'SO_RCVTIMEO'),
  ...timeout('send_timeout', 'SO_SNDTIMEO'),
  ...number('recv_buf_size', 'SO_RCVBUF', u32),
  ...number('send_buf_size', 'SO_SNDBUF', u32),
  ...flag('reuse_port', 'SO_REUSEPORT'),
  ...flag('tcp_fastopen_connect', 'TCP_FASTOPEN_CONNECT'),
  ...flag('tcp_quick_ack', 'TCP_QUICKACK'),

  sock_get_linger: call([sock, out('is_enabled', u8), out('linger_s', int)], ({ sockets }, fd, isOn, result) => {
    const { on, seconds } = sockets.getsockopt(fd, 'SO_LINGER') as Linger
    isOn.write(Number(on))
    result.write(seconds)
  }),
  sock_set_linger: call([sock, i32('is_enabled'), i32('linger_s')], ({ sockets }, fd, on, seconds) =>
    sockets.setsockopt(fd, 'SO_LINGER', { on: on !== 0, seconds }),
  ),

  sock_get_ip_multicast_loop: call([sock, isIPv6, out('is_enabled', u8)], ({ sockets }, fd, ipv6, result) =>
    result.write(sockets.getsockopt(fd, loopOf(ipv6)) as number),
  ),
  sock_set_ip_multicast_loop: call([sock, isIPv6, i32('is_enabled')], ({ sockets }, fd, ipv6, on) =>
    sockets.setsockopt(fd, loopOf(ipv6), Number(on !== 0)),
  ),

  sock_set_ip_add_membership: call([sock, membership], ({ sockets }, fd, { family, group, via }) =>
    sockets.setsockopt(fd, family === 'inet' ? 'IP_ADD_MEMBERSHIP' : 'IPV6_ADD_MEMBERSHIP', { group, via }),
  ),
  sock_set_ip_drop_membership: call([sock, membership], ({ sockets }, fd, { family, group, via }) =>
    sockets.setsockopt(fd, family === 'inet' ? 'IP_DROP_MEMBERSHIP' : 'IPV6_DROP_MEMBERSHIP', { group, via }),
  ),
}
