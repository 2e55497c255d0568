export type { CallEvent } from './abi/trace.js'
export { formatCall } from './abi/trace.js'
export { type CallTotal, formatSummary, TraceSummary } from './abi/trace-summary.js'
export {
  type GuestOptions,
  GuestTimeout,
  GuestTrap,
  type InspectedImport,
  type Inspection,
  type InstantiateOptions,
  inspectModule,
  instantiateWithSockets,
  ModuleError,
  type ModuleSource,
  OptionError,
  type RunningGuest,
  type RunOptions,
  runWithSockets,
  type SocketInstance,
  type StartOptions,
  startWithSockets,
} from './host.js'
export type { Network, NetworkDriver, Operations } from './network/network.js'
export { policy } from './network/policy.js'
export type { PolicyOptions } from './network/referee.js'
export type { Refusal } from './network/refusals.js'
export { type NetworkRules, RuleError } from './network/rules.js'
export type { Address } from './posix/address.js'
export { type Errno, SysError } from './posix/errno.js'
export type { World } from './posix/world.js'
export type { Listener } from './posix-sockets/sockets.js'
export { SocketShim, type SocketShimOptions } from './socket-shim.js'
