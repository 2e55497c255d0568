import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'

/** What `make libcurl` leaves behind. */
export const libcurl = fileURLToPath(new URL('../../build/libcurl', import.meta.url))
export const guestCurl = `${libcurl}/bin/curl`
/** The system's own curl, where it has one. */
export const nativeCurl = spawnSync('curl', ['--version']).status === 0 ? 'curl' : undefined

/** Whether the real curl has been built here; says so once when it has not. */
export function isBuilt(): boolean {
  const is = existsSync(`${libcurl}/.built`)
  if (!is) console.log('skipped: the real curl has not been built; make libcurl does that')
  return is
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program on its arguments, with a stream as its input. */
export async function ran(program: string, args: readonly string[], input?: Readable, cwd?: string): Promise<Ended> {
  const child = start(program, args, input, cwd)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), child.ended])
  return { code: await child.ended, stdout, stderr }
}

/** As `ran`, for output too large to keep: its size and SHA-256. */
export async function summed(program: string, args: readonly string[]): Promise<Sum & { code: number | null }> {
  const child = start(program, args)
  const sum = new Summing()
  await Promise.all([pipeline(child.stdout, sum.add), buffer(child.stderr)])
  return { ...sum.get(), code: await child.ended }
}

function start(program: string, args: readonly string[], input?: Readable, cwd?: string) {
  const child = spawn(program, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], cwd })
  if (input !== undefined && child.stdin !== null) pipeline(input, child.stdin).catch(() => {})
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { stdout: child.stdout as Readable, stderr: child.stderr as Readable, ended }
}

export interface Sum {
  readonly bytes: number
  readonly sha256: string
}

/** Counts and sums what passes. */
export class Summing {
  #bytes = 0
  readonly #hash = createHash('sha256')

  readonly add = async (source: AsyncIterable<Buffer>) => {
    for await (const piece of source) {
      this.#bytes += piece.length
      this.#hash.update(piece)
    }
  }

  get(): Sum {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}
