import { SysError } from '../../posix/errno.js'
import { DONE, type Handle, type Network, type Resolution } from '../network.js'
import { answering } from './answering.js'
import type { Bucket } from './bucket.js'
import { type Gate, nothing, waitAt } from './withhold.js'

export interface SocketQuota {
  readonly most: number
  /** Told when somebody is refused. */
  readonly onMost: () => void
}

/** Lets so many sockets be open at once: beyond that `EMFILE`, and connections to accept stay in the queue. */
export function fewSockets(network: Network, { most, onMost }: SocketQuota): Network {
  const sockets = new Set<Handle>()
  const ensureRoom = (count: number) => {
    if (sockets.size + count <= most) return
    onMost()
    throw new SysError('EMFILE')
  }
  return answering(network, {
    open(input) {
      ensureRoom(1)
      const handle = network('open', input)
      sockets.add(handle)
      return handle
    },
    pair(input) {
      ensureRoom(2)
      const handles = network('pair', input)
      for (const handle of handles) sockets.add(handle)
      return handles
    },
    accept(input) {
      ensureRoom(1) // first, as Linux looks for a descriptor before it looks for a connection
      const accepted = network('accept', input)
      if (typeof accepted === 'object') sockets.add(accepted.handle)
      return accepted
    },
    close(input) {
      sockets.delete(input.handle)
      return network('close', input)
    },
  })
}

export interface LookupQuota {
  readonly most: number | undefined
  readonly bucket: Bucket | undefined
  readonly onMost: () => void
  readonly onRate: () => void
}

/** The handle of every look-up that is refused, since all have the same answer. No network gives it to anything. */
const REFUSED: Handle = Number.MIN_SAFE_INTEGER
const refusal: Resolution = { is: 'failed', reason: 'EAI_AGAIN' }

/** Lets so many look-ups be made: those beyond fail with `EAI_AGAIN`, and ask nobody. */
export function fewLookups(network: Network, quota: LookupQuota): Network {
  const { most = Number.POSITIVE_INFINITY, bucket, onMost, onRate } = quota
  let begun = 0
  let refused = 0
  const refuse = (tell: () => void) => {
    tell()
    refused++
    return REFUSED
  }
  const within = (lookUp: () => Handle): Handle => {
    if (begun >= most) return refuse(onMost)
    if (bucket !== undefined && bucket.msUntil(1) > 0) return refuse(onRate)
    begun++
    bucket?.take(1)
    return lookUp()
  }
  return answering(network, {
    resolve: (input) => within(() => network('resolve', input)),
    resolveBack: (input) => within(() => network('resolveBack', input)),
    answer(input) {
      if (input.handle !== REFUSED) return network('answer', input)
      refused--
      return refusal
    },
    wait: waitAt(
      refusedGate(() => refused > 0),
      network,
      () => 0,
    ),
  })
}

/** What is refused can be asked about at once; all else goes on as it is. */
function refusedGate(isAny: () => boolean): Gate {
  return {
    advance: isAny,
    withheld: () => nothing,
    holds: ({ handle }) => (handle === REFUSED ? DONE : 0),
    reliefs: () => ({ receiving: 0, sending: 0 }),
    dueInMs: () => Number.POSITIVE_INFINITY,
  }
}
