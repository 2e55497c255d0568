import fs from 'node:fs'
import os from 'node:os'
import type { LoopClock } from './abi/turns.js'
import type { BridgeOptions } from './bridge/bridge.js'
import type { PumpPace } from './bridge/pump-doorbell.js'
import type { InterfaceAddress, NetworkInterface } from './network/network.js'
import type { World } from './posix/world.js'

/** The clocks and the randomness of this machine. */
export function machineWorld(): World {
  return {
    now: monotonicMs,
    time: () => performance.timeOrigin + performance.now(),
    random: randomFill,
  }
}

/** Since the machine started, as everyone's CLOCK_MONOTONIC counts. `performance` would be one more module to load. */
function monotonicMs(): number {
  const [seconds, ns] = process.hrtime()
  return seconds * 1000 + ns / 1e6
}

/** The event loop of this thread, where Node counts its turns: as every Node does that can suspend guests. */
export function loopClock(): LoopClock {
  const { nodeTiming } = performance as unknown as { nodeTiming: { uvMetricsInfo?: { loopCount: number } } }
  return { now: monotonicMs, turns: () => nodeTiming.uvMetricsInfo?.loopCount ?? 0 }
}

/** What a bridge needs to know of this machine. */
export function machineBridge(world: World, hostname = os.hostname()): BridgeOptions {
  return { world, hostname, interfaces: machineInterfaces, maySpin: os.availableParallelism() > 1 }
}

/** Flags of interfaces, by Linux's numbers. */
const [IFF_UP, IFF_BROADCAST, IFF_LOOPBACK, IFF_RUNNING, IFF_MULTICAST] = [0x1, 0x2, 0x8, 0x40, 0x1000]
const IFF_LOWER_UP = 0x10000

/** Where Linux tells its interfaces. */
const LINUX_INTERFACES = '/sys/class/net'

/** This machine's network interfaces. */
function machineInterfaces(): NetworkInterface[] {
  try {
    const known = os.networkInterfaces()
    return fs.readdirSync(LINUX_INTERFACES).map((name) => {
      const numberIn = (file: string) => Number(fs.readFileSync(`${LINUX_INTERFACES}/${name}/${file}`, 'utf8'))
      const flags = numberIn('flags')
      const running = (flags & IFF_UP) !== 0 && numberIn('carrier') === 1 ? IFF_RUNNING | IFF_LOWER_UP : 0
      return { name, index: numberIn('ifindex'), flags: flags | running, addresses: addressesOf(known[name]) }
    })
  } catch {
    return interfacesByScope() // no Linux, or it hides them
  }
}

/** Elsewhere Node knows the index of those with a link-local address; the loopback is the first. */
function interfacesByScope(): NetworkInterface[] {
  return Object.entries(os.networkInterfaces()).flatMap(([name, entries = []]) => {
    const scope = entries.find((entry) => entry.family === 'IPv6' && entry.scopeid > 0)
    const isLoopback = entries.some(({ internal }) => internal)
    const index = isLoopback ? 1 : scope?.family === 'IPv6' ? scope.scopeid : 0
    const flags = IFF_UP | IFF_RUNNING | (isLoopback ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST)
    return index > 0 ? [{ name, index, flags, addresses: addressesOf(entries) }] : []
  })
}

function addressesOf(entries: readonly os.NetworkInterfaceInfo[] = []): InterfaceAddress[] {
  return entries.map(({ family, address, cidr }) => ({
    family: family === 'IPv6' ? 'inet6' : 'inet',
    host: address,
    prefix: Number(cidr?.split('/')[1] ?? 0),
  }))
}

/** About what it costs to be woken, several times over, in ms. */
const LINGER_MS = 0.2

/** How a helper passes the time on this machine. */
export function machinePace(): PumpPace {
  return { now: monotonicMs, lingerMs: os.availableParallelism() > 1 ? LINGER_MS : 0 }
}

/** The most bytes that `getRandomValues` fills at once. */
const MOST_RANDOM = 65_536

function randomFill(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += MOST_RANDOM) crypto.getRandomValues(bytes.subarray(at, at + MOST_RANDOM))
}
