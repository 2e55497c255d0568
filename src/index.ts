export type { CallEvent } from './abi/trace.js'
export { formatCall } from './abi/trace.js'
export { type CallTotal, formatSummary, TraceSummary } from './abi/trace-summary.js'
export type { TlsSettings } from './bridge/tls-settings.js'
export { useWorkerFiles, type WorkerFiles } from './bridge/worker-files.js'
export { type OpenTelemetryOptions, openTelemetry } from './figures/open-telemetry.js'
export { MissingPackage } from './figures/packages.js'
export { prometheusText } from './figures/prometheus.js'
export { formatFigures } from './figures/table.js'
export {
  faultOfGuestLimits,
  type GuestFrame,
  type GuestLimits,
  type GuestOptions,
  GuestTimeout,
  GuestTrap,
  type InspectedImport,
  type Inspection,
  type InstantiateOptions,
  inspectModule,
  instantiateWithSockets,
  limitWord,
  limitWords,
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
export type { Figures, SocketEvent, SocketFigures } from './network/figures/figures.js'
export type { MeterOptions } from './network/figures/meter.js'
export { type Metered, metered } from './network/figures/metered.js'
export { type Ticks, ticking } from './network/figures/ticking.js'
export { type LimitName, type LimitsOptions, limited, limitNames, type NetworkLimits } from './network/limits/limits.js'
export type { Network, NetworkDriver, Operations } from './network/network.js'
export { policy } from './network/rules/policy.js'
export type { PolicyOptions } from './network/rules/referee.js'
export type { Refusal } from './network/rules/refusals.js'
export { type NetworkRules, RuleError } from './network/rules/rules.js'
export type { ThreadedNetwork, Transport } from './network/transport.js'
export type { VirtualDatagrams } from './network/virtual/datagrams.js'
export type { VirtualServer } from './network/virtual/server.js'
export type { VirtualSocket } from './network/virtual/socket.js'
export {
  type NetworkHost,
  type VirtualNetwork,
  type VirtualNetworkOptions,
  virtualNetwork,
} from './network/virtual/virtual-network.js'
export type { Address } from './posix/address.js'
export { type Errno, SysError } from './posix/errno.js'
export type { World } from './posix/world.js'
export type { Listener } from './posix-sockets/sockets.js'
export { RecordingError, ReplayDiverged } from './recording/errors.js'
export { recordingLines, type ShowOptions } from './recording/show.js'
export { SocketShim, type SocketShimOptions } from './socket-shim.js'
