/* Running guests: the layers put together. */
export { GuestTimeout, GuestTrap, ModuleError, OptionError } from './host/errors.js'
export { type InspectedImport, type Inspection, inspectModule } from './host/inspect.js'
export { instantiateWithSockets, type SocketInstance } from './host/instantiate.js'
export { faultOfGuestLimits, type GuestLimits, limitWord, limitWords } from './host/limits-option.js'
export type { GuestOptions, InstantiateOptions, ModuleSource, RunOptions, StartOptions } from './host/options.js'
export { type RunningGuest, runWithSockets, startWithSockets } from './host/run.js'
export type { GuestFrame } from './host/trap.js'
