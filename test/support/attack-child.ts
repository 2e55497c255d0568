import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** How long a child may take, in ms, until it counts as hanging. */
const HANG_MS = 120_000

export interface Ended {
  readonly code: number | null
  /** SIGKILL for one that hung. */
  readonly signal: NodeJS.Signals | null
  readonly lines: readonly string[]
  readonly errors: string
}

/**
 * Runs a script of test/attack in a process of its own, so that an attack that gets through and hangs or ends its host does so to nothing
 * else. The script finds its arguments as JSON in `process.argv[2]`.
 */
export async function attackChild(script: string, given: object, { hangMs = HANG_MS } = {}): Promise<Ended> {
  const child = spawn(process.execPath, [at(`test/attack/${script}`), JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return finished(child, hangMs)
}

/** What a child has said until it ended, or was killed after `hangMs`. */
export async function finished(child: ChildProcess, hangMs = HANG_MS): Promise<Ended> {
  let [said, errors] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', (piece) => {
    said += piece
  })
  child.stderr?.setEncoding('utf8').on('data', (piece) => {
    errors += piece
  })
  const hang = setTimeout(() => child.kill('SIGKILL'), hangMs)
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  clearTimeout(hang)
  return { code, signal, lines: said.split('\n').filter((line) => line !== ''), errors }
}
