import type { Suspension } from '../abi/suspension.js'
import { Bridge } from '../bridge/bridge.js'
import { machineBridge } from '../machine.js'
import { givenNetwork } from '../network/given.js'
import { type Interrupts, interruptible } from '../network/interruptible.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { notingAsks } from '../network/noting-asks.js'
import { measured } from './figures-option.js'
import { guarded } from './guarded.js'
import type { Halt } from './halt.js'
import { limitNotice, ringsWithin, withinLimits } from './limits-option.js'
import { nativeNetwork } from './native-mode.js'
import { type Driver, driverOf, rulesOf, threadedOf, withNetwork } from './network-option.js'
import type { InstantiateOptions } from './options.js'
import { noticingOwnThread } from './own-thread.js'
import type { Live, Replayed } from './session.js'

/** What a guest's network on the calling thread is made with. */
export interface NetworkTerms {
  readonly halt: Halt
  readonly notify: (text: string) => void
  readonly suspension: Suspension | undefined
  /** Whether the guest makes the system's calls itself. */
  readonly isNative: boolean
}

export interface NetworkHere {
  readonly network: Network | NetworkDriver
  /** For a guest that is suspended: what streams of the host's own are attached to. It can be stopped there, but no rule holds. */
  readonly streams: NetworkDriver | undefined
  /** Drops what has not left this machine's network yet; undefined for other networks. */
  readonly drop: (() => void) | undefined
  /** From here on the rules hold. */
  begin(): void
  /** Tells the last figures. */
  tell(): void
}

type Options = Omit<InstantiateOptions, 'stdin'>

/** This machine's network, or the caller's, with rules, limits of time, and a recorder around all. */
export function liveNetwork(session: Live, options: Options, terms: NetworkTerms): NetworkHere {
  const { halt, notify, suspension, isNative } = terms
  const world = session.machine
  const now = () => world.now()
  const threaded = suspension === undefined ? threadedOf(options.network) : undefined
  const given = checked(driverOf(options.network), suspension !== undefined) ?? threaded?.driver()
  const native = given === undefined && isNative ? newNative(session, options) : undefined
  const bridge = given === undefined && native === undefined ? newBridge(session, options, suspension) : undefined
  const small = withinLimits((given ?? native ?? bridge) as Network | NetworkDriver, options.limits, {
    now,
    onLimit: limitNotice(notify),
  })
  const interrupts = suspension && bridge ? halt.over((reason) => bridge.interrupt(reason)) : halt
  const patient = halt.isForeseen || suspension !== undefined ? withInterrupts(small, interrupts) : small
  const isBlocking = suspension === undefined && given === undefined
  const noticing = isBlocking && typeof patient !== 'function' ? noticingOwnThread(patient, { now, notify }) : patient
  const onRefusal = options.onRefusal ?? (({ text }) => notify(text))
  const { driver, begin } = guarded(noticing, rulesOf(options.network), {
    onRefusal,
    isOnMachine: threadedOf(options.network) === undefined,
  })
  const { driver: counted, end } = measured(driver, options, now)
  const noted = suspension === undefined ? counted : withAsksNoted(counted, suspension)
  const streams = suspension && bridge && streamsOf(bridge, suspension, interrupts)
  const drop = bridge && (() => bridge.reset())
  return { network: session.driver(noted), streams, drop, begin, tell: end }
}

function checked(driver: Driver | undefined, maySuspend: boolean): Driver | undefined {
  if (driver === undefined || typeof driver === 'function') return driver && givenNetwork(driver, { maySuspend })
  return withNetwork(driver, givenNetwork(driver.network, { maySuspend }))
}

/** A recorded network. A limit of time stops the guest, and shortens no wait: none takes any. */
export function replayedNetwork({ network, machine }: Replayed, options: Options, { check }: Halt): NetworkHere {
  const patient = interruptible(network, { check, leftMs: () => Number.POSITIVE_INFINITY })
  const unticked = { ...options, figuresEveryMs: undefined }
  const { driver, end } = measured(patient, unticked, () => machine.now())
  return { network: driver, streams: undefined, drop: undefined, begin() {}, tell: end }
}

function newBridge({ machine }: Live, given: Options, suspension: Suspension | undefined): Bridge {
  const { hostname, tls, limits, network } = given
  const threaded = threadedOf(network)
  const other = threaded && {
    transport: threaded.transport,
    after: threaded.time.after.bind(threaded.time),
    interfaces: () => threaded.interfaces,
  }
  const options = { ...machineBridge(machine, hostname ?? threaded?.name), ...ringsWithin(limits), ...other, tls }
  if (suspension === undefined) return new Bridge(options)
  return new Bridge({ ...options, beforeWaiting: () => suspension.ensureMayWait() }, 'here')
}

function newNative({ machine }: Live, { hostname, tls, limits }: Options): NetworkDriver {
  return nativeNetwork({ ...machineBridge(machine, hostname), ...ringsWithin(limits), tls })
}

function withAsksNoted(driver: Network | NetworkDriver, { turns }: Suspension): Network | NetworkDriver {
  if (typeof driver === 'function') return notingAsks(driver, turns.note)
  return withNetwork(driver, notingAsks(driver.network, turns.note))
}

function streamsOf(bridge: Bridge, { turns }: Suspension, interrupts: Interrupts): NetworkDriver {
  return withNetwork(bridge, notingAsks(interruptible(bridge.network, interrupts), turns.note))
}

function withInterrupts(driver: Network | NetworkDriver, interrupts: Interrupts): Network | NetworkDriver {
  if (typeof driver === 'function') return interruptible(driver, interrupts)
  return withNetwork(driver, interruptible(driver.network, interrupts))
}
