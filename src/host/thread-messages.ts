import type { CallEvent } from '../abi/trace.js'
import type { LinkEnd } from '../bridge/link.js'
import type { PresenceMemory } from '../bridge/presence.js'
import type { TlsGrant } from '../bridge/tls-settings.js'
import type { Figures, SocketEvent } from '../network/figures/figures.js'
import type { Refusal } from '../network/rules/refusals.js'
import type { NetworkRules } from '../network/rules/rules.js'
import type { Listener } from '../posix-sockets/sockets.js'
import type { LoadedModule } from './load.js'
import type { GuestOptions } from './options.js'
import type { SessionOptions } from './session.js'

/* What the host's thread and the guest's tell each other. */

/** Where a standard descriptor leads: to the process's own, to given bytes, nowhere, or to a stream in the host's thread, by a connection or by messages. */
export type StdioPlan =
  | 'inherit'
  | 'ignore'
  | Uint8Array
  | 'told'
  | { readonly connection: number; readonly isTerminal: boolean }

/** How a trace is printed: a line for each call, as strace does, or a `CallEvent` as JSON. */
export type TraceFormat = 'strace' | 'json'

/** What the host's thread hands over. */
export interface GuestTask
  extends LoadedModule,
    Omit<SessionOptions, 'connections' | 'invoke'>,
    Pick<GuestOptions, 'lingerMs' | 'figuresEveryMs'> {
  /** Undefined for a guest that is replayed. */
  readonly links: { readonly bell: SharedArrayBuffer; readonly helper: LinkEnd; readonly host: LinkEnd } | undefined
  /** Undefined for a network whose clock is the machine's. */
  readonly presence?: PresenceMemory | undefined
  /** How far the host is behind with what it is told. */
  readonly backlog: SharedArrayBuffer
  /** For a guest that makes the system's calls itself: where it keeps account of its descriptors. */
  readonly openFds?: SharedArrayBuffer | undefined
  /** True where the thread that has started it is itself one that the app may terminate. */
  readonly mayVanish?: boolean
  readonly stdio: readonly [StdioPlan, StdioPlan, StdioPlan]
  readonly connections: readonly number[]
  /** What `WasmFs.toJSON` answered. */
  readonly files: object | undefined
  readonly importsFrom: string | undefined
  /** What the guest may reach. */
  readonly rules?: NetworkRules
  readonly trace: { readonly isPosted: boolean; readonly printedAs: TraceFormat | undefined }
  /** Of what the host's thread wants to be told. */
  readonly tell: Readonly<Record<'listening' | 'notices' | 'refusals' | 'figures' | 'socketEvents', boolean>>
  /** What the guest may do of its own accord; all else of the option stays with those who shake hands. */
  readonly tlsGrant: TlsGrant
  readonly invoke: { readonly name: string; readonly args: readonly string[] }
}

/** What the guest's thread tells the host's. */
export type GuestNews =
  | { is: 'exited'; code: number; result?: string; files?: object }
  /** It failed before there was anybody to tell the helper. */
  | { is: 'early' }
  /** It needs the helper, which was not started yet. */
  | { is: 'helpless' }
  | {
      is: 'failed'
      name: string
      message: string
      code?: string
      stack: string | undefined
      detail: Partial<Record<'reason' | 'call' | 'recorded' | 'asked' | 'timeoutMs' | 'frames', unknown>>
    }
  | { is: 'attached'; connection: number; fd: number }
  | { is: 'refused'; connection: number }
  | { is: 'called'; event: CallEvent }
  | { is: 'listening'; listener: Listener }
  | { is: 'notice'; text: string }
  | { is: 'figures'; figures: Figures }
  | { is: 'socket'; event: SocketEvent }
  | { is: 'written'; fd: 1 | 2; bytes: Uint8Array }
  | { is: 'refusal'; refusal: Refusal }

/** What of the news comes as often as the guest likes. */
const ofGuest: ReadonlySet<GuestNews['is']> = new Set([
  ...(['called', 'listening', 'notice', 'figures', 'socket', 'written', 'refusal'] as const),
])
/** About what a message takes besides its texts, in bytes. */
const MESSAGE_BYTES = 500

/** About how much memory news takes on its way, in bytes; undefined for what comes only so often. */
export function bytesOf(news: GuestNews): number | undefined {
  if (!ofGuest.has(news.is)) return undefined
  if (news.is === 'written') return MESSAGE_BYTES + news.bytes.length
  if (news.is === 'figures') return MESSAGE_BYTES * (4 + news.figures.open.length)
  if (news.is === 'called') return news.event.arguments.reduce((sum, { text }) => sum + 2 * text.length, MESSAGE_BYTES)
  return news.is === 'notice' ? MESSAGE_BYTES + 2 * news.text.length : MESSAGE_BYTES
}
