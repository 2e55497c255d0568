import type { Input, Interest } from '../network.js'
import type { Chance } from './chance.js'
import type { VirtualClock } from './clock.js'
import type { VirtualDriver } from './driver.js'
import { standstill } from './standstill.js'

/** A program that yields its waits, as calls of `Sockets` do, and the driver that its sockets are of. */
export interface Program<T> {
  readonly driver: VirtualDriver
  readonly steps: Generator<Input<'wait'>, T, readonly Interest[]>
}

/** A program under way. */
interface Task<T> extends Program<T> {
  wait: { on: Input<'wait'>['on']; untilMs: number } | undefined
  result: { value: T } | undefined
}

/**
 * Runs several programs in turns until all have ended; answers what they have returned. Among those that can go on chance
 * decides, and when none can, the clock goes on to the next event. An error in one ends all.
 */
export function together<T>(
  programs: readonly Program<T>[],
  { clock, chance }: { clock: VirtualClock; chance: Chance },
): T[] {
  const tasks = programs.map((program): Task<T> => ({ ...program, wait: undefined, result: undefined }))
  try {
    for (let left = tasks; left.length > 0; left = left.filter(({ result }) => result === undefined)) {
      const ready = left.filter((task) => isReady(task, clock))
      const next = ready[ready.length > 1 ? chance.below(ready.length) : 0]
      if (next !== undefined) goOn(next, clock)
      else letTimePass(left, clock)
    }
  } finally {
    for (const { result, steps } of tasks) if (result === undefined) steps.return(undefined as never)
  }
  return tasks.map(({ result }) => (result as { value: T }).value)
}

function isReady<T>({ driver, wait }: Task<T>, clock: VirtualClock): boolean {
  return wait === undefined || clock.nowMs >= wait.untilMs || driver.look(wait.on).length > 0
}

function goOn<T>(task: Task<T>, clock: VirtualClock): void {
  const { steps, driver, wait } = task
  const step = wait === undefined ? steps.next() : steps.next(driver.look(wait.on))
  clock.tick()
  clock.catchUp()
  if (step.done) task.result = { value: step.value }
  else task.wait = { on: step.value.on, untilMs: clock.in(step.value.timeoutMs) }
}

function letTimePass<T>(waiting: readonly Task<T>[], clock: VirtualClock): void {
  const untilMs = Math.min(...waiting.map(({ wait }) => wait?.untilMs ?? 0))
  if (clock.step(untilMs) || untilMs !== Number.POSITIVE_INFINITY) return
  throw standstill(waiting.map(({ driver }) => driver.host.name).join(', '))
}
