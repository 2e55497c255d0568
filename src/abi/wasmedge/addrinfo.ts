import { hostBytes } from '../../posix/address.js'
import {
  AI_ADDRCONFIG,
  AI_ALL,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  type EaiName,
} from '../../posix/constants.js'
import { SysError } from '../../posix/errno.js'
import { quoted } from '../../posix/printable.js'
import { AddressInfoError, type AddressRequest, type FoundAddress } from '../../posix-sockets/getaddrinfo.js'
import { MOST_NAME } from '../addrinfo.js'
import { type Call, call, type Param } from '../call.js'
import { bytes, readAt, struct, u8, u16, u16be, u32 } from '../layout.js'
import type { GuestMemory } from '../memory.js'
import { type Bits, ours } from '../numbering.js'
import { out } from '../outputs.js'
import { aligned, families } from './address.js'
import { types } from './options.js'

/*
 * The guest brings the places of the results, a list, each
 *     0       2        3      4          8         12     16          20              24
 *     | flags | family | type | protocol | addrlen | addr | canonname | canonname_len | next |
 * where addr leads to                                     0        4             8
 *                                                         | family | data length | data |
 * and the data are a port and an address, as in a `sockaddr` after its family.
 */
const node = struct({
  flags: u16,
  family: u8,
  type: u8,
  protocol: u8,
  addrLength: u32,
  addr: u32,
  canonicalName: u32,
  canonicalLength: u32,
  next: u32,
})
const addr = struct({ family: u8, length: u32, data: u32 })
const data4 = struct({ port: u16be, host: bytes(4), zero: bytes(8) })
/**
 * WasmEdge copies the whole rest of a `sockaddr_in6`: port, flow, address, scope. wasi-go has the address right after the port, and all
 * guests that read IPv6 look for it there (those in Go and C, whose places have 26 bytes). WasmEdge's own guests skip IPv6; their places
 * say 14 bytes, and nothing longer is put there.
 */
const data6 = struct({ port: u16be, host: bytes(16) })

type Node = ReturnType<typeof node.read>
interface Place {
  readonly at: number
  readonly node: Node
  readonly addr: ReturnType<typeof addr.read>
}

/** The most places that are looked at. */
const MOST_PLACES = 1024
const KNOWN_FLAGS = 0x7f
const flagBits: Bits = [
  [1, AI_PASSIVE],
  [2, AI_CANONNAME],
  [4, AI_NUMERICHOST],
  [8, AI_NUMERICSERV],
  [16, AI_V4MAPPED],
  [32, AI_ALL],
  [64, AI_ADDRCONFIG],
]
/** TCP and UDP have the numbers 1 and 2; 0 leaves it open. */
const protocols = [undefined, 'stream', 'dgram'] as const
/** What getaddrinfo's own failures answer; they follow on WASI's errnos. AINODATA, 83, is AINONAME here, as in POSIX. */
const failures: Readonly<Record<EaiName, number>> = {
  EAI_ADDRFAMILY: 77,
  EAI_AGAIN: 78,
  EAI_BADFLAGS: 79,
  EAI_FAIL: 80,
  EAI_FAMILY: 81,
  EAI_MEMORY: 82,
  EAI_OVERFLOW: 82,
  EAI_NONAME: 84,
  EAI_SERVICE: 85,
  EAI_SOCKTYPE: 86,
  EAI_SYSTEM: 87,
}

/** A text that may end with a NUL. An empty one is none: some guests cannot leave it out. */
function text(name: string): Param<string | undefined> {
  return {
    names: [name, `${name}_len`],
    decode({ memory }, args, at) {
      const given = memory.bytes(args[at] ?? 0, args[at + 1] ?? 0)
      const end = given.indexOf(0)
      const kept = end < 0 ? given : given.subarray(0, end)
      if (kept.length > MOST_NAME) throw new SysError('ENAMETOOLONG')
      return kept.length === 0 ? undefined : Buffer.from(kept).toString('utf8')
    },
    show: (value) => (value === undefined ? 'NULL' : quoted(value)),
  }
}

const hints: Param<Node | undefined> = aligned({
  names: ['hints'],
  decode: ({ memory }, args, at) => (args[at] === 0 ? undefined : node.read(memory, args[at] ?? 0)),
  show: (value) =>
    value === undefined ? 'NULL' : `{${value.flags}, ${value.family}, ${value.type}, ${value.protocol}}`,
})

/** A pointer to the first place, and how many there are at most. */
const places: Param<readonly Place[]> = aligned({
  names: ['res', 'max_len'],
  decode: ({ memory }, args, at) => placesFrom(memory, readAt(memory, u32, args[at] ?? 0), (args[at + 1] ?? 0) >>> 0),
  show: ({ length }) => `${length} places`,
})

/** A list that leads back into itself ends there: Go's guests link each place to itself. */
function placesFrom(memory: GuestMemory, first: number, most: number): Place[] {
  const found = new Map<number, Place>()
  for (let at = first; at !== 0 && !found.has(at) && found.size < Math.min(most, MOST_PLACES); ) {
    const place = placeAt(memory, at)
    found.set(at, place)
    at = place.node.next
  }
  return [...found.values()]
}

function placeAt(memory: GuestMemory, at: number): Place {
  const read = node.read(memory, at)
  if (read.addr === 0) throw new SysError('EFAULT')
  const to = addr.read(memory, read.addr)
  memory.check(to.data, roomOf(to))
  memory.check(read.canonicalName, read.canonicalLength)
  return { at, node: read, addr: to }
}

/** WasmEdge has long not looked at the length, and there are guests in C that leave it 0; they have room for IPv4. */
function roomOf({ length, data }: Place['addr']): number {
  return length === 0 && data !== 0 ? data4.size : length
}

/** Look-ups: `getaddrinfo` into places that the guest brings. */
export const addrinfoCalls: Readonly<Record<string, Call>> = {
  sock_getaddrinfo: call(
    [text('node'), text('service'), hints, places, aligned(out('res_len', u32))],
    function* ({ sockets, memory }, name, service, hints, places, count) {
      try {
        if (places.length === 0) throw new AddressInfoError('EAI_MEMORY')
        const found = yield* sockets.getaddrinfo({ node: name, service, ...requestOf(hints) })
        count.write(fill(memory, places, { found, flags: hints?.flags ?? 0 }))
      } catch (error) {
        if (!(error instanceof AddressInfoError)) throw error
        return failures[error.reason]
      }
    },
  ),
}

/** `ENOSYS` for an unknown type or protocol is WasmEdge's. */
function requestOf(hints: Node | undefined): Pick<AddressRequest, 'flags' | 'family' | 'type'> {
  if (hints === undefined) return { flags: 0, family: undefined, type: undefined }
  if ((hints.flags & ~KNOWN_FLAGS) !== 0) throw new AddressInfoError('EAI_BADFLAGS')
  const family = families[hints.family]
  if (family === 'unix' || hints.family >= families.length) throw new AddressInfoError('EAI_FAMILY')
  if (hints.protocol >= protocols.length || hints.type >= types.length) throw new SysError('ENOSYS')
  const [type, byProtocol] = [types[hints.type], protocols[hints.protocol]]
  if (type !== undefined && byProtocol !== undefined && type !== byProtocol) throw new AddressInfoError('EAI_SOCKTYPE')
  return { flags: ours(flagBits, hints.flags), family, type: type ?? byProtocol }
}

/** Puts each result into the next place, if there is one and it has the room; answers how many. */
function fill(
  memory: GuestMemory,
  places: readonly Place[],
  { found, flags }: { found: readonly FoundAddress[]; flags: number },
): number {
  let count = 0
  for (const each of found) {
    const place = places[count]
    if (place === undefined) break
    if (roomOf(place.addr) < dataOf(each).size) continue
    write(memory, place, { found: each, flags })
    count++
  }
  if (count === 0) throw new AddressInfoError('EAI_MEMORY')
  return count
}

function dataOf({ address }: FoundAddress) {
  return address.family === 'inet' ? data4 : data6
}

function write(memory: GuestMemory, to: Place, { found, flags }: { found: FoundAddress; flags: number }): void {
  const { address, type, canonicalName } = found
  const family = families.indexOf(address.family)
  const content = { port: address.port, host: hostBytes(address.host), zero: new Uint8Array(8) }
  dataOf(found).write(memory, to.addr.data, content)
  addr.write(memory, to.node.addr, { ...to.addr, family, length: dataOf(found).size })
  node.write(memory, to.at, {
    ...to.node,
    flags,
    family,
    type: types.indexOf(type),
    protocol: protocols.indexOf(type),
    addrLength: address.family === 'inet' ? 16 : 28,
    canonicalLength: writeName(memory, to.node, canonicalName),
  })
}

/** Cut to the room there is; answers the length of what is there, without its NUL. */
function writeName(memory: GuestMemory, { canonicalName, canonicalLength }: Node, name: string | undefined): number {
  if (name === undefined || canonicalLength === 0) return 0
  return Math.min(memory.setText(canonicalName, canonicalLength, name), canonicalLength - 1)
}
