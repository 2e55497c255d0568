import { EAI } from '../posix/constants.js'
import { SysError } from '../posix/errno.js'
import type { Blocking } from '../posix-sockets/blocking.js'
import { AddressInfoError } from '../posix-sockets/getaddrinfo.js'
import { checkNameFlags } from '../posix-sockets/getnameinfo.js'
import { getaddrinfoInto, MOST_NAME } from './addrinfo.js'
import { type Call, call } from './call.js'
import type { Guest } from './guest.js'
import { i32, pointer, textAt } from './params.js'
import { readAnySockaddr } from './sockaddr.js'

/** The most bytes of an interface's name, with its NUL. */
const IF_NAMESIZE = 16

/** The calls of `posix_sockets` that tell names. */
export const nameCalls: Readonly<Record<string, Call>> = {
  gethostname: call([pointer('name'), i32('len')], ({ sockets, memory }, name, length) => {
    const text = sockets.gethostname()
    if (length < 0) throw new SysError('EINVAL')
    memory.check(name, length)
    if (Buffer.byteLength(text) >= length) throw new SysError('ENAMETOOLONG')
    memory.setText(name, length, text)
  }),

  getaddrinfo: call(
    [textAt('node', MOST_NAME), textAt('service', MOST_NAME), pointer('hints'), pointer('results'), i32('capacity')],
    (guest, node, service, hints, results, capacity) =>
      getaddrinfoInto(guest, { node, service, hints }, { pointer: results, capacity: capacity >>> 0 }),
  ),

  getnameinfo: call(
    [
      pointer('addr'),
      i32('addrlen'),
      pointer('host'),
      i32('hostlen'),
      pointer('service'),
      i32('servicelen'),
      i32('flags'),
    ],
    (guest, addr, addrLength, host, hostLength, service, serviceLength, flags) =>
      getnameinfoInto(
        guest,
        { pointer: addr, length: addrLength },
        { host: placeOf(host, hostLength), service: placeOf(service, serviceLength), flags },
      ),
  ),

  if_nametoindex: call([textAt('name', MOST_NAME)], ({ sockets }, name) => sockets.ifNameToIndex(name.read())),

  if_indextoname: call([i32('index'), pointer('name')], ({ sockets, memory }, index, name) => {
    memory.check(name, IF_NAMESIZE)
    memory.setText(name, IF_NAMESIZE, sockets.ifIndexToName(index >>> 0))
  }),
}

interface Place {
  readonly pointer: number
  readonly length: number
}

/** Where a text goes; undefined where none is asked for. */
function placeOf(pointer: number, length: number): Place | undefined {
  return pointer === 0 || length === 0 ? undefined : { pointer, length: length >>> 0 }
}

/** Answers 0, or an EAI_ number. */
function* getnameinfoInto(
  guest: Guest,
  from: Place,
  { host, service, flags }: { host: Place | undefined; service: Place | undefined; flags: number },
): Blocking<number> {
  try {
    checkNameFlags(flags)
    for (const place of [host, service]) if (place !== undefined) guest.memory.check(place.pointer, place.length)
    const address = from.pointer === 0 ? undefined : readAnySockaddr(guest, from)
    if (address === undefined) return EAI.EAI_FAMILY
    const request = { address, flags, wantsHost: host !== undefined, wantsService: service !== undefined }
    const found = yield* guest.sockets.getnameinfo(request)
    return write(guest, host, found.host) && write(guest, service, found.service) ? 0 : EAI.EAI_OVERFLOW
  } catch (error) {
    if (error instanceof AddressInfoError) return EAI[error.reason]
    guest.fail(error)
    return EAI.EAI_SYSTEM
  }
}

/** Answers whether there was room. */
function write({ memory }: Guest, place: Place | undefined, text = ''): boolean {
  if (place === undefined) return true
  if (Buffer.byteLength(text) >= place.length) return false
  memory.setText(place.pointer, place.length, text)
  return true
}
