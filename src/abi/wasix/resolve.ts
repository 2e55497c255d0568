import { type InetAddress, showAddress } from '../../posix/address.js'
import type { EaiName } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import { quoted } from '../../posix/printable.js'
import { AddressInfoError } from '../../posix-sockets/getaddrinfo.js'
import { call, type Param } from '../call.js'
import { u32 } from '../layout.js'
import { out } from '../outputs.js'
import { i32 } from '../params.js'
import { IP_BYTES, writeIp } from './address.js'

const MOST_NAME = 255

/** getaddrinfo's failures as the errnos that WASIX has for them. */
const errnos: Partial<Record<EaiName, Errno>> = {
  EAI_NONAME: 'ENOENT',
  EAI_AGAIN: 'EAGAIN',
  EAI_MEMORY: 'ENOMEM',
  EAI_FAIL: 'EIO',
  EAI_SYSTEM: 'EIO',
}

const hostname: Param<string> = {
  names: ['host', 'length'],
  decode({ memory }, args, at) {
    const text = memory.bytes(args[at] ?? 0, args[at + 1] ?? 0)
    if (text.length > MOST_NAME) throw new SysError('ENAMETOOLONG')
    return Buffer.from(text).toString('utf8')
  },
  show: quoted,
}

/** An array of addresses that a call fills. */
interface AddressList {
  /** Writes as many as there is room for; answers how many. */
  write(addresses: readonly InetAddress[]): number
  readonly written: readonly InetAddress[]
}

const addressList: Param<AddressList> = {
  names: ['addresses', 'most'],
  decode({ memory }, args, at) {
    const most = (args[at + 1] ?? 0) >>> 0
    const start = memory.check(args[at] ?? 0, most * IP_BYTES)
    const list = {
      written: [] as readonly InetAddress[],
      write(addresses: readonly InetAddress[]) {
        list.written = addresses.slice(0, most)
        for (const [index, each] of list.written.entries()) writeIp(memory, start + index * IP_BYTES, each)
        return list.written.length
      },
    }
    return list
  },
  show: ({ written }) => `[${written.map(showAddress).join(', ')}]`,
}

/** The addresses of a name. The port is a hint, which changes no address. */
export const resolve = call(
  [hostname, i32('port'), addressList, out('count', u32)],
  function* ({ sockets }, node, _port, list, count) {
    try {
      const request = { node, service: undefined, flags: 0, family: undefined, type: 'stream' } as const
      count.write(list.write((yield* sockets.getaddrinfo(request)).map(({ address }) => address)))
    } catch (error) {
      if (error instanceof AddressInfoError) throw new SysError(errnos[error.reason] ?? 'EINVAL')
      throw error
    }
  },
)
