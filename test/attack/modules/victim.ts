import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface Attempt {
  readonly what: string
  /** `exit CODE`, or the name, the code and the message of an error. */
  readonly outcome: string
  /** How long that was before it was cut off. */
  readonly length: number
  /** What nobody caught. */
  readonly strays: readonly string[]
}

const library = fileURLToPath(new URL('../../../dist/index.js', import.meta.url))
/** In MiB: what fills a heap does so soon. */
const HEAP = 256

/** Runs all attempts of a script in one process with a small heap; returns them by name, with the code that it ended with. */
export async function attempts(script: string, ...args: readonly string[]) {
  const file = fileURLToPath(new URL(script, import.meta.url))
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP}`, file, library, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    printed += piece
  })
  const [code] = (await once(child, 'close')) as [number | null]
  const all = printed.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Attempt]))
  return { code, byName: new Map(all.map((attempt) => [attempt.what, attempt])) }
}
