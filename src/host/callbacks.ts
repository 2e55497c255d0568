import type { Failures } from '../embedder/failures.js'
import { HostOutput, type OutputTarget } from '../embedder/host-output.js'
import type { GuestOptions, StartOptions } from './options.js'
import type { GuestNews } from './thread-messages.js'

/** The functions of the caller's that are called with news of its guest. */
export const callbackNames = [
  ...(['trace', 'onListen', 'onRefusal', 'notice', 'onFigures', 'onSocketEvent'] as const),
] satisfies readonly (keyof GuestOptions)[]

type Callback = (news: never) => unknown

/** The same options, with functions that note what they throw, and throw it: for a guest that calls them on its own thread. */
export function passingCallbacks<T extends GuestOptions>(options: T, failures: Failures): T {
  const given = callbackNames.filter((name) => options[name] !== undefined)
  return {
    ...options,
    ...Object.fromEntries(given.map((name) => [name, failures.passing(options[name] as Callback)])),
  }
}

type Told = Partial<Record<(typeof callbackNames)[number], (news: never) => Promise<void> | undefined>>

/** Passes the news of a guest's thread on to the functions and streams of the caller's. What they do wrong is noted, and never thrown. */
export class HostCallbacks {
  readonly #told: Told
  readonly #outputs: readonly (HostOutput | undefined)[]
  readonly #files: StartOptions['fs']
  readonly #failures: Failures

  constructor(options: StartOptions, failures: Failures) {
    const given = callbackNames.filter((name) => options[name] !== undefined)
    this.#told = Object.fromEntries(given.map((name) => [name, failures.watched(options[name] as Callback)]))
    const outputs = options.replay === undefined ? [] : [options.stdout, options.stderr]
    this.#outputs = outputs.map((to) => (isTarget(to) ? new HostOutput(to, failures) : undefined))
    this.#files = options.fs
    this.#failures = failures
  }

  /** Returns a promise as long as the caller's function is at it, if it has returned one. */
  tell(news: GuestNews): Promise<void> | undefined {
    if (news.is === 'called') return this.#told.trace?.(news.event as never)
    if (news.is === 'listening') return this.#told.onListen?.(news.listener as never)
    if (news.is === 'notice') return this.#told.notice?.(news.text as never)
    if (news.is === 'figures') return this.#told.onFigures?.(news.figures as never)
    if (news.is === 'socket') return this.#told.onSocketEvent?.(news.event as never)
    if (news.is === 'refusal') return this.#told.onRefusal?.(news.refusal as never)
    if (news.is === 'written') return this.#write(news.fd, news.bytes)
    if (news.is === 'exited' && news.files !== undefined) this.#keep(news.files)
    return undefined
  }

  /** Resolves when what was written is taken. */
  async idle(): Promise<void> {
    await Promise.all(this.#outputs.map((output) => output?.idle()))
  }

  /** Lets the caller's streams go. */
  release(): void {
    for (const output of this.#outputs) output?.release()
  }

  #write(fd: 1 | 2, bytes: Uint8Array): Promise<void> | undefined {
    const output = this.#outputs[fd - 1]
    return output && new Promise((resolve) => output.write(bytes, () => resolve()))
  }

  #keep(files: object): void {
    try {
      this.#files?.fromJSON(files)
    } catch (error) {
      this.#failures.fail(error)
    }
  }
}

function isTarget(output: StartOptions['stdout']): output is OutputTarget {
  return output !== undefined && typeof output !== 'string'
}
