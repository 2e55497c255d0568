/* Running guests: the layers put together. */
export { GuestTimeout, GuestTrap, ModuleError, OptionError } from './host/errors.js'
export { type SocketInstance, instantiateWithSockets } from './host/instantiate.js'
export type { GuestOptions, InstantiateOptions, ModuleSource, RunOptions } from './host/options.js'
export { type RunningGuest, type StartOptions, runWithSockets, startWithSockets } from './host/run.js'
