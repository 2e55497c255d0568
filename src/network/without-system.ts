import { SysError } from '../posix/errno.js'
import { type Option, type OptionSetting, systemOptions } from './network.js'

/* Socket options of a system, in a network that is made of something else. */

/**
 * Options that only ask routers and queues for a preference: any of them may ignore it. A network that cannot pass the value on keeps
 * it, so that it can be read back: ip(7), ipv6(7), socket(7).
 */
export const advisoryOptions: ReadonlySet<Option> = new Set(['typeOfService', 'trafficClass', 'priority'])

/** The sizes of a socket's buffers in bytes, in a network whose buffers have a fixed size. */
export interface BufferSizes {
  readonly sendBuffer: number
  readonly receiveBuffer: number
}

export function isBufferSize(option: Option): option is keyof BufferSizes {
  return option === 'sendBuffer' || option === 'receiveBuffer'
}

/** SO_PRIORITY above this needs CAP_NET_ADMIN: socket(7). */
const MOST_PRIORITY = 6

/**
 * Throws what setting an option without a system fails with. An advisory one can be kept, and the size of a buffer stays as it is, as
 * if the value had been clamped (socket(7)): the value that is read back is the true one.
 */
export function ensureSettable({ option, value }: OptionSetting): void {
  if (option === 'priority' && (value < 0 || value > MOST_PRIORITY)) throw new SysError('EPERM')
  if (!advisoryOptions.has(option)) ensureReadable(option)
}

/** Throws `ENOPROTOOPT` for an option that cannot be read without a system. */
export function ensureReadable(option: Option): void {
  if (!systemOptions.has(option) || advisoryOptions.has(option) || isBufferSize(option)) return
  throw new SysError('ENOPROTOOPT')
}
