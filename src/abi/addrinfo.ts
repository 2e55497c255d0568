import { AI_CANONNAME, EAI, type EaiName, PROTOCOL_OF } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from '../posix-sockets/blocking.js'
import { AddressInfoError, type AddressRequest, type FoundAddress } from '../posix-sockets/getaddrinfo.js'
import type { Guest } from './guest.js'
import { bytes, i32, struct, u32 } from './layout.js'
import type { TextAt } from './params.js'
import { familyNumber, writeSockaddr } from './sockaddr.js'

/*
 * One result, 320 bytes: struct wasm_addrinfo of posix_sockets.h.
 *
 *   0      4       8         12        16       20    24         28    32       64          320
 *   | flags| family| socktype| protocol| addrlen| addr| canonname| next| storage| name …     |
 */
const addrinfo = struct({
  flags: i32,
  family: i32,
  type: i32,
  protocol: i32,
  addrLength: u32,
  addr: u32,
  canonicalName: u32,
  next: u32,
  storage: bytes(32),
  name: bytes(256),
})
const hintsHead = struct({ flags: i32, family: i32, type: i32, protocol: i32 })
const STORAGE_AT = 32
const NAME_AT = 64
/** The longest name or service, in bytes. */
export const MOST_NAME = 255

interface Names {
  readonly node: TextAt
  readonly service: TextAt
  readonly hints: number
}

interface Place {
  readonly pointer: number
  readonly capacity: number
}

/** getaddrinfo into an array of the guest's: answers how many results there are, or an EAI_ number, which is negative. */
export function* getaddrinfoInto(guest: Guest, names: Names, place: Place): Blocking<number> {
  try {
    guest.memory.check(place.pointer, place.capacity * addrinfo.size)
    const request = readRequest(guest, names)
    const found = yield* guest.sockets.getaddrinfo(request)
    const kept = found.slice(0, place.capacity)
    for (const [index, result] of kept.entries())
      write(guest, result, place.pointer + index * addrinfo.size, index + 1 < kept.length)
    return found.length
  } catch (error) {
    if (error instanceof AddressInfoError) return EAI[error.reason]
    guest.fail(error)
    return EAI.EAI_SYSTEM
  }
}

/** A text that is longer than any name there is. */
function read(text: TextAt, tooLong: EaiName): string | undefined {
  try {
    return text.isNull ? undefined : text.read()
  } catch (error) {
    if (error instanceof SysError && error.errno === 'ENAMETOOLONG') throw new AddressInfoError(tooLong)
    throw error
  }
}

function readRequest({ memory, numbering }: Guest, names: Names): AddressRequest {
  const hints = names.hints === 0 ? { flags: 0, family: 0, type: 0, protocol: 0 } : hintsHead.read(memory, names.hints)
  const family = numbering.families[hints.family]
  if (family === undefined || family === 'unix') throw new AddressInfoError('EAI_FAMILY')
  const { stream, datagram } = numbering
  const byProtocol =
    hints.protocol === PROTOCOL_OF.stream ? stream : hints.protocol === PROTOCOL_OF.dgram ? datagram : 0
  const type = hints.type === 0 ? byProtocol : hints.type
  if (type !== 0 && type !== stream && type !== datagram) throw new AddressInfoError('EAI_SOCKTYPE')
  if (byProtocol !== 0 && type !== byProtocol) throw new AddressInfoError('EAI_SERVICE')
  return {
    node: read(names.node, 'EAI_NONAME'),
    service: read(names.service, 'EAI_SERVICE'),
    flags: hints.flags,
    family: family === 'unspecified' ? undefined : family,
    type: type === 0 ? undefined : type === stream ? 'stream' : 'dgram',
  }
}

function write({ memory, numbering }: Guest, found: FoundAddress, pointer: number, hasNext: boolean): void {
  const named = found.canonicalName !== undefined
  addrinfo.write(memory, pointer, {
    flags: named ? AI_CANONNAME : 0,
    family: familyNumber(numbering, found.address.family),
    type: found.type === 'stream' ? numbering.stream : numbering.datagram,
    protocol: PROTOCOL_OF[found.type],
    addrLength: found.address.family === 'inet' ? 16 : 28,
    addr: pointer + STORAGE_AT,
    canonicalName: named ? pointer + NAME_AT : 0,
    next: hasNext ? pointer + addrinfo.size : 0,
    storage: new Uint8Array(32),
    name: new Uint8Array(256),
  })
  writeSockaddr(memory, numbering, found.address, { pointer: pointer + STORAGE_AT, room: 32 })
  if (named) memory.setText(pointer + NAME_AT, 256, found.canonicalName ?? '')
}
