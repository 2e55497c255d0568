import type { Socket } from 'node:dgram'
import os from 'node:os'
import type { OptionSetting, Options } from '../network/network.js'
import { isMulticast } from '../posix/address.js'
import { SysError } from '../posix/errno.js'
import { hostForNode } from './from-node.js'

const appliers: { [K in keyof Options]?: (socket: Socket, value: Options[K]) => void } = {
  broadcast: (socket, on) => socket.setBroadcast(on),
  ttl: (socket, hops) => socket.setTTL(hops),
  multicastTtl: (socket, hops) => void socket.setMulticastTTL(hops),
  multicastLoop: (socket, on) => void socket.setMulticastLoopback(on),
  multicastInterface: (socket, via) => socket.setMulticastInterface(interfaceForNode(via) ?? ''),
  join: (socket, { group, via }) => socket.addMembership(group, interfaceForNode(via)),
  leave: (socket, { group, via }) => socket.dropMembership(group, interfaceForNode(via)),
}

/** Sets an option on a bound socket of Node's; throws what Node throws. */
export function applyToDatagrams(socket: Socket, { option, value }: OptionSetting): void {
  const applier = appliers[option] as ((socket: Socket, value: unknown) => void) | undefined
  applier?.(socket, value)
}

/** Throws what the system would say of a setting for a socket that is not bound yet, as far as that can be known. */
export function checkSetting({ option, value }: OptionSetting): void {
  if ((option === 'join' || option === 'leave') && !isMulticast(value.group)) throw new SysError('EINVAL')
  if (option !== 'multicastInterface' || value.startsWith('::') || value === '0.0.0.0') return
  const own = Object.values(os.networkInterfaces()).flatMap((entries) => entries ?? [])
  if (!own.some(({ address }) => address === value)) throw new SysError('EADDRNOTAVAIL')
}

/** Node wants an interface of IPv6 by its name, `::%eth0`; here it has its index. */
function interfaceForNode(via: string): string | undefined {
  const [host = '', scope] = via.split('%')
  if (host === '') return undefined
  return scope === undefined ? host : hostForNode({ family: 'inet6', host, port: 0, scope: Number(scope) })
}
