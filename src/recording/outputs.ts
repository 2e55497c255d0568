import {
  AGAIN,
  type Again,
  type Interest,
  type InterfaceAddress,
  type Operation,
  type Option,
  type Options,
  type Output,
} from '../network/network.js'
import { type Address, isNumericHost } from '../posix/address.js'
import { EAI } from '../posix/constants.js'
import { isErrno } from '../posix/errno.js'
import type { Wait } from '../posix-sockets/blocking.js'
import type { Filestat } from '../wasi/filestat.js'
import type { CallName, OtherCall } from './call-names.js'
import type { Shape } from './shape.js'
import * as shape from './shape.js'

/* What the calls of a recording may have come to: a file may say anything, and who replays it works with that. */

/** What a guest learns of a file besides what is in it, its kind and its size. */
export type Told = Pick<Filestat, 'device' | 'inode' | 'accessed' | 'modified' | 'changed'>

/**
 * Reading and writing may wait, and a wait is an operation of the network, recorded as such. So `read` and `write` answer what came
 * of the call up to its first wait, and `resume` from one to the next: a number of bytes, or what is waited for.
 */
export type Step = number | Wait

/** What replaying must know of a standard descriptor before it is used. */
export interface Description {
  readonly isTerminal: boolean
  readonly isWaitable: boolean
  readonly isFile: boolean
  readonly polls: boolean
}

/** A path of the system's; one of AF_UNIX is shorter, but for names that the host gives. */
const MOST_PATH = 4096
const address: Shape<Address> = shape.either(
  shape.object<Extract<Address, { family: 'inet' }>>({
    family: shape.literal('inet'),
    host: isHost,
    port: shape.within(0, 0xffff),
  }),
  shape.object<Extract<Address, { family: 'inet6' }>>({
    family: shape.literal('inet6'),
    host: isHost,
    port: shape.within(0, 0xffff),
    scope: shape.within(0, 0xffffffff),
  }),
  shape.object<Extract<Address, { family: 'unix' }>>({
    family: shape.literal('unix'),
    path: (value) => typeof value === 'string' && value.length <= MOST_PATH,
  }),
)

function isHost(value: unknown): boolean {
  return typeof value === 'string' && isNumericHost(value)
}

const handle = shape.count
const mark = shape.object<NonNullable<Interest['since']>>({ receiving: shape.real, sending: shape.real })
const interest = shape.object<Interest>({
  handle,
  events: shape.within(0, 0xffffffff),
  since: shape.optional(mark),
  tag: shape.optional(shape.real),
})
const done = shape.literal<true>(true)
const again: Shape<Again> = shape.literal(AGAIN)
const doneOrAgain = shape.either(done, again)
const family = shape.literal('inet', 'inet6')

/** A number that fits into 32 bits, or seconds. */
const setting: Shape<number> = (value) => shape.real(value) && Math.abs(value as number) <= 0xffffffff

/** Of each option that can be read, the value. */
const options: { readonly [K in Option]: Shape<Options[K]> } = {
  ...{ reuseAddress: shape.truth, broadcast: shape.truth, keepAlive: shape.truth, noDelay: shape.truth },
  ...{ keepIdle: setting, keepInterval: setting, keepCount: setting, v6Only: shape.truth },
  ...{ ttl: setting, multicastTtl: setting, multicastLoop: shape.truth, multicastInterface: shape.text },
  ...{ join: never, leave: never, sendBuffer: setting, receiveBuffer: setting, receiveLowWater: setting },
  ...{ reusePort: shape.truth, urgentInline: shape.truth, dontRoute: shape.truth, priority: setting },
  ...{ mark: setting, device: shape.text, typeOfService: setting, trafficClass: setting },
  ...{ mtuDiscovery: setting, streamTtl: setting, maxSegment: setting, cork: shape.truth },
  ...{ quickAck: shape.truth, fastOpen: setting, fastOpenConnect: shape.truth, userTimeout: setting },
  ...{ unsent: setting, atMark: shape.truth },
  ...{ deferAccept: setting, congestion: shape.text, tcpInfo: shape.bytes },
}

function never(): boolean {
  return false
}

const tlsPeer = {
  subject: shape.text,
  issuer: shape.text,
  names: shape.text,
  validTo: shape.text,
  fingerprint: shape.text,
}
type Tls<Is extends string> = Extract<Output<'tlsState'>, { is: Is }>
type Found<Is extends string> = Extract<Exclude<Output<'answer'>, Again>, { is: Is }>
const hosts = shape.list(shape.object<{ host: string; family: 'inet' | 'inet6' }>({ host: isHost, family }))

const ofNetwork: { readonly [K in Operation]: Shape<Awaited<Output<K>>> } = {
  open: handle,
  pair: shape.tuple(handle, handle),
  pipe: shape.tuple(handle, handle),
  bind: doneOrAgain,
  listen: doneOrAgain,
  accept: shape.either(shape.object<{ handle: number; peer: Address }>({ handle, peer: address }), again),
  connect: doneOrAgain,
  send: shape.either(shape.count, again),
  receive: shape.either(shape.count, again),
  receiveFrom: shape.either(
    shape.object<{ length: number; from: Address }>({ length: shape.count, from: address }),
    again,
  ),
  startTls: doneOrAgain,
  tlsState: shape.either(
    shape.object<Tls<'none'>>({ is: shape.literal('none') }),
    shape.object<Tls<'handshaking'>>({ is: shape.literal('handshaking') }),
    shape.object<Tls<'failed'>>({ is: shape.literal('failed'), reason: shape.text }),
    shape.object<Tls<'secured'>>({
      ...{ is: shape.literal('secured'), version: shape.text, cipher: shape.text, protocol: shape.text },
      ...{ serverName: shape.text, doubt: shape.optional(shape.text), peer: shape.optional(shape.object(tlsPeer)) },
    }),
  ),
  shutdown: done,
  close: done,
  available: shape.count,
  localName: address,
  peerName: address,
  takeError: (value) => value === undefined || isErrno(value),
  setOption: doneOrAgain,
  getOption: shape.either(shape.truth, shape.real, shape.text, shape.bytes),
  resolve: handle,
  resolveBack: handle,
  answer: shape.either(
    shape.object<Found<'found'>>({ is: shape.literal('found'), hosts }),
    shape.object<Found<'named'>>({ is: shape.literal('named'), name: shape.text }),
    shape.object<Found<'failed'>>({
      is: shape.literal('failed'),
      reason: (value) => typeof value === 'string' && Object.hasOwn(EAI, value),
    }),
    again,
  ),
  hostname: shape.text,
  interfaces: shape.list(
    shape.object<Output<'interfaces'>[number]>({
      ...{ name: shape.text, index: shape.within(0, 0xffffffff) },
      flags: shape.optional(shape.count),
      addresses: shape.optional(
        shape.list(shape.object<InterfaceAddress>({ family, host: isHost, prefix: shape.within(0, 128) })),
      ),
    }),
  ),
  wait: shape.list(interest),
}

const waited = shape.object<Wait>({
  ...{ on: shape.list(interest), timeoutMs: (value: unknown) => typeof value === 'number' && value >= 0 },
  keepsOpen: shape.optional(shape.truth),
})
const step: Shape<Step> = shape.either(shape.count, waited)
const { truth } = shape
const standard = shape.object<Description>({ isTerminal: truth, isWaitable: truth, isFile: truth, polls: truth })

const ofOthers: { readonly [K in OtherCall]: Shape<unknown> } = {
  now: shape.real,
  time: shape.real,
  random: shape.nothing,
  adopt: handle,
  stdio: shape.tuple(standard, standard, standard),
  read: step,
  write: step,
  resume: step,
  pollHandle: handle,
  seek: shape.optional(shape.count),
  stat: shape.object({
    ...{ dev: shape.wide, ino: shape.wide, nlink: shape.wide, size: shape.wide },
    ...{ atimeNs: shape.wide, mtimeNs: shape.wide, ctimeNs: shape.wide },
  }),
  filestat: shape.object<Told>({
    ...{ device: shape.wide, inode: shape.wide, accessed: shape.wide, modified: shape.wide, changed: shape.wide },
  }),
  exit: shape.nothing,
  stop: never,
}

const outputs: Readonly<Record<CallName, Shape<unknown>>> = { ...ofNetwork, ...ofOthers }

/** Whether a call can have come to this. */
export function isOutputOf(name: CallName, value: unknown): boolean {
  return outputs[name](value)
}

/** Whether a call with this input can have come to this, which is an output of such calls. */
export function answers(name: CallName, input: object, value: unknown): boolean {
  const { into, data, on, option } = input as Asked
  if (name === 'getOption') return option !== undefined && options[option](value)
  if (name === 'wait') return on !== undefined && areAmong(value as readonly Interest[], on)
  if (name === 'random' || typeof value !== 'number') return true
  const most = into?.length ?? data?.length
  return most === undefined || value <= most
}

interface Asked {
  readonly into?: Uint8Array
  readonly data?: Uint8Array
  readonly on?: readonly Interest[]
  readonly option?: Option
}

/** Whether what was found is of what was waited for. */
function areAmong(found: readonly Interest[], on: readonly Interest[]): boolean {
  if (found.length === 0) return true
  const handles = new Set(on.map((each) => each.handle))
  const tags = new Set(on.map(({ tag }) => tag))
  return found.every((each) => handles.has(each.handle) && tags.has(each.tag))
}
