export type { CallEvent } from './abi/trace.js'
export { formatCall } from './abi/trace.js'
export { type CallTotal, formatSummary, TraceSummary } from './abi/trace-summary.js'
export type { TlsSettings } from './bridge/tls-settings.js'
export { type OpenTelemetryOptions, openTelemetry } from './figures/open-telemetry.js'
export { MissingPackage } from './figures/packages.js'
export { prometheusText } from './figures/prometheus.js'
export { formatFigures } from './figures/table.js'
export {
  type GuestLimits,
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
export type { Figures, SocketEvent, SocketFigures } from './network/figures.js'
export { type LimitName, type LimitsOptions, limited, limitNames, type NetworkLimits } from './network/limits.js'
export type { MeterOptions } from './network/meter.js'
export { type Metered, metered } from './network/metered.js'
export type { Network, NetworkDriver, Operations } from './network/network.js'
export { policy } from './network/policy.js'
export type { PolicyOptions } from './network/referee.js'
export type { Refusal } from './network/refusals.js'
export { type NetworkRules, RuleError } from './network/rules.js'
export { type Ticks, ticking } from './network/ticking.js'
export type { Address } from './posix/address.js'
export { type Errno, SysError } from './posix/errno.js'
export type { World } from './posix/world.js'
export type { Listener } from './posix-sockets/sockets.js'
export { RecordingError, ReplayDiverged } from './recording/errors.js'
export { recordingLines } from './recording/show.js'
export { SocketShim, type SocketShimOptions } from './socket-shim.js'
