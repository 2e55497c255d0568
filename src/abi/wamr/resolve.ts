import type { SocketType } from '../../network/network.js'
import type { EaiName } from '../../posix/constants.js'
import { type Errno, SysError } from '../../posix/errno.js'
import type { Blocking } from '../../posix-sockets/blocking.js'
import { AddressInfoError, type AddressRequest, type FoundAddress } from '../../posix-sockets/getaddrinfo.js'
import { MOST_NAME } from '../addrinfo.js'
import { call, type Param } from '../call.js'
import type { Guest } from '../guest.js'
import { i32 as int, struct, u8, u32, writeAt } from '../layout.js'
import { out } from '../outputs.js'
import { type TextAt, textAt } from '../params.js'
import { addressLayout } from './address.js'

/** The socket types of `__wasi_sock_type_t`; -1 is any, of a look-up only. */
export const socketTypes: Readonly<Record<number, SocketType>> = { 0: 'dgram', 1: 'stream' }
/** Those of `__wasi_address_family_t`; 2 is any, likewise. */
export const families: Readonly<Record<number, 'inet' | 'inet6'>> = { 0: 'inet', 1: 'inet6' }
const ANY_TYPE = -1
const ANY_FAMILY = 2

/* __wasi_addr_info_t: the address, 24 bytes, and the type. */
const INFO_BYTES = 28
const TYPE_AT = addressLayout.size

const hintsLayout = struct({ type: int, family: int, isEnabled: u8 })

/** What WAMR makes of a failed look-up; of all others `EINVAL`. */
const errnos: Partial<Record<EaiName, Errno>> = {
  EAI_AGAIN: 'EAGAIN',
  EAI_FAIL: 'EFAULT',
  EAI_MEMORY: 'ENOMEM',
  EAI_SYSTEM: 'EIO',
}

type Hints = Pick<AddressRequest, 'family' | 'type'>

/** What is looked for. A null pointer is no hint, nor are hints that are not enabled, whatever else is in them. */
const hints: Param<Hints> = {
  names: ['hints'],
  decode({ memory }, args, at) {
    const pointer = args[at] ?? 0
    const given = pointer === 0 ? undefined : hintsLayout.read(memory, pointer)
    if (given === undefined || given.isEnabled === 0) return { family: undefined, type: undefined }
    const family = families[given.family]
    if (family === undefined && given.family !== ANY_FAMILY) throw new SysError('EAFNOSUPPORT')
    const type = socketTypes[given.type]
    if (type === undefined && given.type !== ANY_TYPE) throw new SysError('EINVAL')
    return { family, type }
  },
  show: ({ family, type }) => `{${family ?? 'any'}, ${type ?? 'any'}}`,
}

interface Results {
  readonly pointer: number
  readonly capacity: number
}

/** Room for results, which is checked first. */
const results: Param<Results> = {
  names: ['addr_info', 'addr_info_size'],
  decode({ memory }, args, at) {
    const capacity = (args[at + 1] ?? 0) >>> 0
    return { pointer: memory.check(args[at] ?? 0, capacity * INFO_BYTES), capacity }
  },
  show: ({ capacity }) => `[${capacity}]`,
}

/** getaddrinfo(3): fills what room there is, and tells how many results there are. */
export const resolveCall = call(
  [textAt('host', MOST_NAME), textAt('service', MOST_NAME), hints, results, out('max_info_size', u32)],
  function* (guest, host, service, hints, { pointer, capacity }, available) {
    const found = yield* lookUp(guest, { node: textOf(host), service: textOf(service), flags: 0, ...hints })
    for (const [index, each] of found.slice(0, capacity).entries()) write(guest, each, pointer + index * INFO_BYTES)
    available.write(found.length)
  },
)

function* lookUp({ sockets }: Guest, request: AddressRequest): Blocking<FoundAddress[]> {
  try {
    return yield* sockets.getaddrinfo(request)
  } catch (error) {
    if (error instanceof AddressInfoError) throw new SysError(errnos[error.reason] ?? 'EINVAL', { cause: error })
    throw error
  }
}

function textOf(at: TextAt): string | undefined {
  return at.isNull ? undefined : at.read()
}

function write({ memory }: Guest, { address, type }: FoundAddress, pointer: number): void {
  addressLayout.write(memory, pointer, address)
  writeAt(memory, int, pointer + TYPE_AT, type === 'dgram' ? 0 : 1)
}
