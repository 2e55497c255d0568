import type { Duplex, Readable, Writable } from 'node:stream'
import type { WasmFs } from '@wasmer/wasmfs'
import type { CallEvent } from '../abi/trace.js'
import type { TlsSettings } from '../bridge/tls-settings.js'
import type { Figures, SocketEvent } from '../network/figures/figures.js'
import type { Network, NetworkDriver } from '../network/network.js'
import type { Refusal } from '../network/rules/refusals.js'
import type { ThreadedNetwork } from '../network/transport.js'
import type { World } from '../posix/world.js'
import type { Listener } from '../posix-sockets/sockets.js'
import type { GrantedDirectory } from '../wasi/host-files.js'
import type { GuestThreads } from './guest-threads.js'
import type { GuestLimits } from './limits-option.js'
import type { ModeOption } from './mode.js'
import type { GivenRules } from './network-option.js'
import type { TraceFormat } from './thread-messages.js'

/** A module: the path of a file, a `file:` URL, its bytes, or compiled already. */
export type ModuleSource = string | URL | Uint8Array | ArrayBuffer | WebAssembly.Module

/** Functions for the guest besides those of this library, by module and name. */
export type ExtraImports = WebAssembly.Imports | ((context: ImportContext) => WebAssembly.Imports)
export interface ImportContext {
  /** The guest's memory; to be called when it is needed, since there is none before the guest is instantiated. */
  memory(): WebAssembly.Memory
  /** A view of `length` bytes of the guest's memory at `pointer`. Throws a SysError, EFAULT, when they do not lie inside. */
  bytes(pointer: number, length: number): Uint8Array
}

/** What both ways of running a guest have in common. */
export interface GuestOptions {
  /** The guest's arguments after its own name. */
  readonly args?: readonly string[]
  /** The name it is called by, `argv[0]`. Default: the file's name, else `guest`. */
  readonly argv0?: string
  /** Its environment; nothing of the host's is passed on, unless it is given: `env: process.env`. Undefined values are left out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /**
   * Directories of the host's, by the names the guest gives them: `{ '/data': './data', '/etc': { path: './etc', readOnly: true } }`.
   * In one that is read-only each change fails with `EROFS`. Without any, files are in memory.
   */
  readonly dirs?: Readonly<Record<string, GrantedDirectory>>
  /** Files in memory. Not together with `dirs`. */
  readonly fs?: WasmFs
  /** Stops the guest after so long, in ms. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** The most descriptors the guest may have, RLIMIT_NOFILE. Default 1024. */
  readonly descriptors?: number
  /** Whose constants the guest's headers have. Default: told by its first `socket` call. */
  readonly numbering?: 'linux' | 'wasi-libc'
  /** Called after each socket call. */
  readonly trace?: (event: CallEvent) => void
  /** Called when a socket of the guest's begins to listen: a guest may leave the choice of its port to the host. */
  readonly onListen?: (listener: Listener) => void
  /** Called with each thing that the rules of `network` refuse, once for each line. Default: `notice` is called with its text. */
  readonly onRefusal?: (refusal: Refusal) => void
  /** Called with what a person should know, such as a function that the guest has called and nobody provides. Default: a line on standard error. */
  readonly notice?: (text: string) => void
  /** What the guest may use of its network and of memory. */
  readonly limits?: GuestLimits
  /** Called with what was counted of the guest's network, when it has ended; and while it runs, if `figuresEveryMs` says how often. */
  readonly onFigures?: (figures: Figures) => void
  readonly figuresEveryMs?: number
  /** Called when a socket has been closed or has failed. What `openTelemetry()` answers makes a span of each. */
  readonly onSocketEvent?: (event: SocketEvent) => void
  /** Writes all that the guest learns from outside to a file, to be replayed. Not together with `replay`. */
  readonly record?: string
  /**
   * Runs the guest on what such a file holds alone, without a network. What differs stops it: `ReplayDiverged`.
   * Arguments and environment that are not given are the recorded ones.
   */
  readonly replay?: string
  /** Replays a recording that was cut off, as that of a process that crashed, as far as it goes. Default: it is refused. */
  readonly mayBeCutOff?: boolean
  /** Replays another build of the recorded module, up to the first call that differs. Default: it is refused. */
  readonly mayBeRebuilt?: boolean
  /** How long what was sent may take to leave once the guest has ended, in ms. Default 5000. */
  readonly lingerMs?: number
  /** The name gethostname answers. Default: the machine's. */
  readonly hostname?: string
  /**
   * How the guest waits: `worker` blocks its thread while a helper worker has the sockets, `suspend` (Node 26) suspends it on the
   * calling thread, which is free meanwhile, `native` makes the system's own calls. Default `auto`, which is `native` where that can be
   * had and otherwise `worker`.
   */
  readonly mode?: ModeOption
  /**
   * Where listeners are opened before the guest starts, for its lowest descriptors, from 3 on: `127.0.0.1:8080`,
   * `localhost:8080`, `[::1]:8080`, `unix:/run/x`. Its environment says `LISTEN_FDS`, the number of these and of `connect`.
   */
  readonly listen?: readonly string[]
  /** Where connections are made to before the guest starts, for the descriptors after those of `listen`. */
  readonly connect?: readonly string[]
  /** What the host gives to TLS, which it does for guests that call `starttls`. Default: verify everybody, show no certificate. */
  readonly tls?: TlsSettings
  /** Connections of the host's own, for the descriptors after those. */
  readonly connections?: readonly Duplex[]
}

/** Standard input: the process's own, none, or what it shall be. */
export type InputOption = 'inherit' | 'ignore' | string | Uint8Array
/** Standard output: the process's own, none, or who takes it. */
export type OutputOption = 'inherit' | 'ignore' | Writable | ((bytes: Uint8Array) => void)

export interface InstantiateOptions extends GuestOptions {
  /** Default `inherit`. A text or bytes are the input themselves, except `inherit` and `ignore`. A stream needs the mode `suspend`. */
  readonly stdin?: InputOption | Readable
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
  readonly imports?: ExtraImports
  /** What the guest may reach, or where its sockets live. Default: all of this machine's network, by way of a helper worker. */
  readonly network?: GivenRules | ThreadedNetwork | Network | NetworkDriver
  /** The clocks and the randomness of the guest. Default: the machine's. */
  readonly world?: World
}

export interface RunOptions extends GuestOptions {
  /** What the guest may reach. Default: everything. A host of a network in memory has the guest in that. */
  readonly network?: GivenRules | ThreadedNetwork
  readonly stdin?: InputOption | Readable
  readonly stdout?: OutputOption
  readonly stderr?: OutputOption
  /** A module that exports `imports`, as `ExtraImports` says: functions cannot be sent to another thread. */
  readonly imports?: URL
}

/** Options of the command's, which say more than a program needs. */
export interface StartOptions extends RunOptions {
  /** The exported function to call, and its arguments, which are numbers. Default `_start`. */
  readonly invoke?: { readonly name: string; readonly args: readonly string[] }
  /** Prints each socket call on standard error, from the guest's own thread. */
  readonly printTrace?: TraceFormat | undefined
  /** Threads that have been started for this guest already. */
  readonly threads?: GuestThreads | undefined
}
