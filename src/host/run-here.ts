import type { Duplex } from 'node:stream'
import { type CallEvent, formatCall } from '../abi/trace.js'
import { printableJson } from '../posix/printable.js'
import type { TakenStart } from './check-options.js'
import { OptionError } from './errors.js'
import { importsFrom } from './extra-imports.js'
import { discard, type Held } from './given-streams.js'
import { type GuestHere, guestHere, type HereOptions } from './guest-here.js'
import { printForHost } from './host-text.js'
import { takeConnection } from './object-options.js'
import type { ModuleSource } from './options.js'
import type { RunningGuest } from './run.js'
import type { TraceFormat } from './thread-messages.js'

/** Starts a guest that is suspended on the calling thread while it waits. One that computes holds that thread up. */
export async function startHere(source: ModuleSource, options: TakenStart, held: Held): Promise<RunningGuest> {
  const { invoke = { name: '_start', args: [] } } = options
  const guest = await guestHere(source, await hereOptions(options), { ...held, mode: 'suspend' })
  const ended = guest.call({ name: invoke.name, args: invoke.args.map(Number) })
  const closed = ended.finally(async () => {
    await guest.close(guest.isStopped ? 0 : options.lingerMs)
    await guest.finish()
  })
  const exitCode = closed.then(({ code }) => code)
  const result = closed.then(({ result }) => (result === undefined ? undefined : String(result)))
  for (const promise of [exitCode, result]) promise.catch(() => {}) // whoever wants to know asks for it
  return {
    exitCode,
    result,
    stop: (reason = new Error('the guest was stopped')) => guest.stop(reason),
    attach: async (stream) => attached(guest, stream, options),
  }
}

function attached({ sockets, hasEnded }: GuestHere, given: Duplex, { replay }: TakenStart): number {
  const stream = takeConnection(given, 'the stream')
  try {
    if (replay !== undefined) throw new Error('a guest that is replayed has the connections of its recording')
    if (hasEnded) throw new Error('the guest has ended')
    if (!sockets.table.hasRoom()) throw new Error('the guest has no descriptor free (EMFILE)')
    return sockets.attach(stream)
  } catch (error) {
    if (!(error instanceof OptionError)) discard(stream) // another guest's is left alone
    throw error
  }
}

async function hereOptions({ imports, printTrace, ...options }: TakenStart): Promise<HereOptions> {
  const trace = tracer(options.trace, printTrace)
  return { ...options, ...(trace && { trace }), ...(imports && { imports: await importsFrom(imports.href) }) }
}

type Tracer = (event: CallEvent) => void

function tracer(told: Tracer | undefined, printedAs: TraceFormat | undefined): Tracer | undefined {
  if (printedAs === undefined) return told
  const format = printedAs === 'json' ? printableJson : formatCall
  return (event) => {
    told?.(event)
    printForHost(format(event))
  }
}
