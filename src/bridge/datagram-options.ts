import type { Socket } from 'node:dgram'
import type { OptionSetting, Options } from '../network/network.js'

const appliers: { [K in keyof Options]?: (socket: Socket, value: Options[K]) => void } = {
  broadcast: (socket, on) => socket.setBroadcast(on),
  ttl: (socket, hops) => socket.setTTL(hops),
  multicastTtl: (socket, hops) => void socket.setMulticastTTL(hops),
  multicastLoop: (socket, on) => void socket.setMulticastLoopback(on),
  multicastInterface: (socket, via) => socket.setMulticastInterface(via),
  join: (socket, { group, via }) => socket.addMembership(group, via || undefined),
  leave: (socket, { group, via }) => socket.dropMembership(group, via || undefined),
}

/** Sets an option on a bound socket of Node's; throws what Node throws. */
export function applyToDatagrams(socket: Socket, { option, value }: OptionSetting): void {
  const applier = appliers[option] as ((socket: Socket, value: unknown) => void) | undefined
  applier?.(socket, value)
}
