import { shown } from '../../embedder/shown.js'
import type { Network } from '../network.js'
import { Allowance } from './allowance.js'
import { Bucket } from './bucket.js'
import { connectingAtRate } from './connection-rate.js'
import { datagramsAtRate } from './datagram-rate.js'
import { fewPending } from './pending.js'
import { fewLookups, fewSockets } from './quotas.js'
import { throttled } from './throttle.js'

/** What a guest may use of its network. Plain numbers, which a message can carry to another thread; what is not set is not limited. */
export interface NetworkLimits {
  /** Sockets that are open at once; pipes and what the host hands over do not count. Beyond it: `EMFILE`. */
  readonly sockets?: number | undefined
  /** Streams connected and accepted, together. Beyond it they wait for their turn. */
  readonly connectionsPerSecond?: number | undefined
  /** Datagrams received, and as many sent, over all sockets; empty ones count. Beyond it they wait. */
  readonly datagramsPerSecond?: number | undefined
  /** Bytes received, and sent, over all sockets. Beyond it they wait. */
  readonly bytesPerSecondIn?: number | undefined
  readonly bytesPerSecondOut?: number | undefined
  /** Bytes received, and sent, in all. Beyond it: `ENETDOWN`. */
  readonly bytesIn?: number | undefined
  readonly bytesOut?: number | undefined
  /** Bytes that were sent and are not with the system yet, over all sockets: beyond it they wait. With as many unread, new sockets are `ENOBUFS`. */
  readonly pendingBytes?: number | undefined
  /** Look-ups of names and of addresses. Beyond it: `EAI_AGAIN`. */
  readonly lookupsPerSecond?: number | undefined
  readonly lookups?: number | undefined
}
export type LimitName = keyof NetworkLimits

export interface LimitsOptions {
  /** Milliseconds that never run backwards. */
  readonly now: () => number
  /** Told once of each limit that has held something up, with its value. */
  readonly onLimit?: ((limit: LimitName, value: number) => void) | undefined
}

const names: Readonly<Record<LimitName, 'count' | 'rate' | 'room'>> = {
  sockets: 'count',
  connectionsPerSecond: 'rate',
  datagramsPerSecond: 'rate',
  bytesPerSecondIn: 'rate',
  bytesPerSecondOut: 'rate',
  bytesIn: 'count',
  bytesOut: 'count',
  pendingBytes: 'room',
  lookupsPerSecond: 'rate',
  lookups: 'count',
}
export const limitNames = Object.keys(names) as readonly LimitName[]

/** What is wrong with limits that a person has given, in one line that calls them by `wordFor`; undefined for nothing. */
export function faultOfLimits(
  limits: Readonly<Record<string, unknown>>,
  wordFor: (name: LimitName) => string = (name) => name,
): string | undefined {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(names, name)) return `there is no limit ${name}; there are ${limitNames.join(', ')}`
    if (value === undefined) continue
    const { mustBe, isFit } = kinds[names[name as LimitName]]
    if (!isFit(value)) return `the limit ${wordFor(name as LimitName)} must be ${mustBe}, not ${shown(value)}`
  }
  return undefined
}

/** What a limit must be. No room at all would let nothing through, ever. */
const kinds = {
  count: { mustBe: 'a whole number, 0 or more', isFit: (value) => Number.isSafeInteger(value) && Number(value) >= 0 },
  rate: { mustBe: 'a number above 0', isFit: (value) => Number.isFinite(value) && Number(value) > 0 },
  room: { mustBe: 'a whole number above 0', isFit: (value) => Number.isSafeInteger(value) && Number(value) > 0 },
} satisfies Record<string, { mustBe: string; isFit: (value: unknown) => boolean }>

/**
 * A network of which a guest may use so much. Rates delay: what is beyond one answers AGAIN, and waits last until it may go on. With no
 * limits it is the network itself.
 */
export function limited(network: Network, limits: NetworkLimits, { now, onLimit }: LimitsOptions): Network {
  const { sockets, connectionsPerSecond, datagramsPerSecond, pendingBytes, lookups, lookupsPerSecond } = limits
  const tell = onceOfEach(limits, onLimit)
  const allowance = (perSecond: ByteRate, total: ByteTotal) => allowanceOf(limits, { perSecond, total, now, tell })
  let made = network
  if (sockets !== undefined) made = fewSockets(made, { most: sockets, onMost: tell('sockets') })
  if (pendingBytes !== undefined) made = fewPending(made, { most: pendingBytes, now, onMost: tell('pendingBytes') })
  const lookupBucket = bucketOf(lookupsPerSecond, now)
  if (lookups !== undefined || lookupBucket !== undefined)
    made = fewLookups(made, {
      ...{ most: lookups, onMost: tell('lookups') },
      ...{ bucket: lookupBucket, onRate: tell('lookupsPerSecond') },
    })
  const received = allowance('bytesPerSecondIn', 'bytesIn')
  const sent = allowance('bytesPerSecondOut', 'bytesOut')
  if (received !== undefined || sent !== undefined) made = throttled(made, { received, sent }, now)
  const ofDatagrams = () => bucketOf(datagramsPerSecond, now)
  const [incoming, outgoing] = [ofDatagrams(), ofDatagrams()]
  if (incoming !== undefined && outgoing !== undefined)
    made = datagramsAtRate(made, { received: incoming, sent: outgoing, now, onRate: tell('datagramsPerSecond') })
  const bucket = bucketOf(connectionsPerSecond, now)
  if (bucket !== undefined) made = connectingAtRate(made, { bucket, now, onRate: tell('connectionsPerSecond') })
  return made
}

type ByteRate = 'bytesPerSecondIn' | 'bytesPerSecondOut'
type ByteTotal = 'bytesIn' | 'bytesOut'
type Tell = (name: LimitName) => () => void

interface AllowanceNames {
  readonly perSecond: ByteRate
  readonly total: ByteTotal
  readonly now: () => number
  readonly tell: Tell
}

function allowanceOf(limits: NetworkLimits, { perSecond, total, now, tell }: AllowanceNames): Allowance | undefined {
  if (limits[perSecond] === undefined && limits[total] === undefined) return undefined
  const told = { onRate: tell(perSecond), onTotal: tell(total) }
  return new Allowance({ perSecond: limits[perSecond], total: limits[total], now, ...told })
}

/** Of what is counted singly, a second's worth may come at once. */
function bucketOf(perSecond: number | undefined, now: () => number): Bucket | undefined {
  return perSecond === undefined ? undefined : new Bucket({ perSecond, burst: Math.max(1, perSecond) }, now)
}

function onceOfEach(limits: NetworkLimits, onLimit: LimitsOptions['onLimit']): Tell {
  const told = new Set<LimitName>()
  return (name) => () => {
    if (told.has(name)) return
    told.add(name)
    onLimit?.(name, limits[name] ?? 0)
  }
}
