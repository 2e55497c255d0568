import { AGAIN, type Handle, type Input, type Network, type Operation } from '../network.js'
import type { Counted, CountedOperation } from './counted.js'
import type { Figures } from './figures.js'
import { errnoOf, Meter, type MeterOptions } from './meter.js'
import { isOfSocket, type Told, toldTo } from './told.js'

export interface Metered {
  readonly network: Network
  /** What has been counted until now. May be asked during a wait too. */
  figures(): Figures
}

/** Counts what passes. Answers, errors and the order of operations stay as they are; nothing is asked but what the guest asks. */
export function metered(network: Network, options: MeterOptions): Metered {
  const meter = new Meter(options)
  const rows = new Rows(meter)
  const counting: Network = (name, input) => {
    const row = rows.of(name)
    const socket = row.isOfSocket ? meter.socketOf(handleOf(input)) : undefined
    row.calls++
    if (socket !== undefined) socket.operations++
    const note = <T>(answer: T): T => {
      if (answer === AGAIN) noteAgain(row, input, socket)
      else row.told?.answered?.(answer, input, row.isOfSocket ? (socket ?? meter.given(handleOf(input))) : undefined)
      return answer
    }
    const fail = (error: unknown): never => {
      const errno = errnoOf(error)
      if (errno !== undefined) noteErrno(meter, row, { errno, input, socket })
      throw error
    }
    try {
      const answer = name === 'wait' ? waitWith(meter, network, input as Input<'wait'>) : network(name, input)
      const noted = answer instanceof Promise ? answer.then(note, fail) : note(answer)
      return noted as ReturnType<typeof network<typeof name>>
    } catch (error) {
      return fail(error)
    }
  }
  return { network: counting, figures: () => ({ ...rows.figures(), ...meter.figures() }) }
}

/** What is counted of one operation, and what its outcomes tell. */
interface Row extends CountedOperation {
  readonly isOfSocket: boolean
  readonly told: AnyTold | undefined
}

/** A `Told` of any operation: the name by which it was found says of which. */
interface AnyTold {
  answered?(answer: unknown, input: unknown, socket: Counted | undefined): void
  again?(input: unknown, socket: Counted): void
  failed?: Told<Operation>['failed']
}

class Rows {
  readonly #told: ReturnType<typeof toldTo>
  readonly #rows: { [K in Operation]?: Row } = {}

  constructor(meter: Meter) {
    this.#told = toldTo(meter)
  }

  of(name: Operation): Row {
    return this.#rows[name] ?? this.#add(name)
  }

  figures(): Pick<Figures, 'operations' | 'retries'> {
    const rows = Object.entries(this.#rows)
    return {
      operations: Object.fromEntries(
        rows.map(([name, { calls, retries, errors }]) => [name, { calls, retries, errors }]),
      ),
      retries: rows.reduce((sum, [, { retries }]) => sum + retries, 0),
    }
  }

  #add(name: Operation): Row {
    const told = this.#told[name] as AnyTold | undefined
    const row: Row = { calls: 0, retries: 0, errors: 0, isOfSocket: isOfSocket(name), told }
    this.#rows[name] = row
    return row
  }
}

function handleOf(input: unknown): Handle {
  return (input as { readonly handle: Handle }).handle
}

/** A wait that is given no time is none: only a look. */
function waitWith(meter: Meter, network: Network, input: Input<'wait'>) {
  return input.timeoutMs > 0 ? meter.wait(input.on, () => network('wait', input)) : network('wait', input)
}

function noteAgain(row: Row, input: unknown, socket: Counted | undefined): void {
  row.retries++
  if (socket === undefined) return
  socket.retries++
  row.told?.again?.(input, socket)
}

interface Failure {
  readonly errno: Parameters<Meter['noteErrno']>[0]
  readonly input: unknown
  readonly socket: Counted | undefined
}

function noteErrno(meter: Meter, row: Row, { errno, input, socket }: Failure): void {
  row.errors++
  meter.noteErrno(errno, socket)
  row.told?.failed?.(errno, input as never, socket)
}
