import type { MessagePort, Worker } from 'node:worker_threads'
import { bellMemory } from '../bridge/doorbell.js'
import { helperFor, type LinkEnd, linkEnds, startHelper } from '../bridge/link.js'
import type { TlsSettings } from '../bridge/tls-settings.js'
import { startGuestThread } from './guest-thread.js'
import type { Mode } from './mode.js'
import { type NetworkOption, threadedOf } from './network-option.js'
import type { GuestTask } from './thread-messages.js'

/** The threads of one guest. They come up while its module is read and compiled. */
export interface GuestThreads {
  readonly guest: Worker
  /** Undefined for a guest that is replayed, or whose network is in the host's thread. */
  readonly helper: Helper | undefined
}

interface Helper {
  readonly bell: SharedArrayBuffer
  /** The guest's end of the link to it. */
  readonly end: LinkEnd
  /** Undefined as long as it was not needed. */
  worker: Worker | undefined
  /** Starts it, if it is not there yet. */
  start(): Worker
}

/** What must be known before they can be started. */
export interface ThreadTerms {
  readonly tls?: TlsSettings | undefined
  readonly replay?: string | undefined
  readonly network?: NetworkOption | undefined
  /** Default: one in which a helper has the sockets. */
  readonly chosen?: Mode
  /** The guest's thread, where it has been started already. */
  readonly guest?: Worker | undefined
}

/** Starts them. They do not keep the process alive before they have begun. */
export function startThreads(terms: ThreadTerms): GuestThreads {
  const { tls, replay, network, chosen, guest = startGuestThread() } = terms
  if (replay !== undefined || threadedOf(network) !== undefined) return { guest, helper: undefined }
  return { guest, helper: chosen === 'native' ? laterHelper(tls) : helperNow(tls) }
}

function helperNow(tls: TlsSettings | undefined): Helper {
  const bell = bellMemory()
  const { end, worker } = startHelper(bell, tls)
  return { bell, end, worker, start: () => worker }
}

/** A guest that makes the system's calls itself may never need one. As long as there is none, it is not expected to answer. */
function laterHelper(tls: TlsSettings | undefined): Helper {
  const bell = bellMemory()
  const { guest: end, pump } = linkEnds(bell, { mayBeBusy: true })
  const helper: Helper = {
    bell,
    end,
    worker: undefined,
    start() {
      helper.worker ??= helperFor(pump, tls)
      return helper.worker
    },
  }
  return helper
}

/** Tells the guest's thread what it is there for. */
export function beginGuest({ guest }: GuestThreads, task: GuestTask, ports: MessagePort[] = []): void {
  if (guest.threadId === -1) throw new Error("the guest's thread has failed before it began")
  guest.postMessage(task, ports)
  guest.ref()
}

/** Ends threads for which there is nothing to do. */
export function dismissThreads({ guest, helper }: GuestThreads): void {
  void guest.terminate()
  void helper?.worker?.terminate()
}
