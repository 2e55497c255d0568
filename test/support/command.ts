import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Where a compiled guest lies. */
export const guestFile = (name: string) => at(`build/guests/${name}.wasm`)

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A run of the command. */
export class CommandRun {
  readonly child: ChildProcess
  stdout = ''
  stderr = ''
  /** How it ended: noted from the beginning, since it may end before anybody asks. */
  readonly #closed: Promise<unknown[]>

  constructor(args: readonly string[]) {
    this.child = spawn(process.execPath, [at('dist/cli.js'), ...args], { stdio: 'pipe' })
    this.#closed = once(this.child, 'close')
    this.#closed.catch(() => {}) // whoever asks for it is told
    this.child.stdout?.setEncoding('utf8').on('data', (piece) => {
      this.stdout += piece
    })
    this.child.stderr?.setEncoding('utf8').on('data', (piece) => {
      this.stderr += piece
    })
  }

  /** Resolves when standard output matches; rejects when the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#matched('stdout', pattern)
  }

  /** The same for standard error. */
  warned(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#matched('stderr', pattern)
  }

  async #matched(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this[stream])
      if (found !== null) return found
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stdout}${this.stderr}`)
      await Promise.race([once(this.child[stream] as NodeJS.ReadableStream, 'data'), this.#closed])
    }
  }

  async finished(): Promise<Finished> {
    const [code, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null]
    return { code, signal, stdout: this.stdout, stderr: this.stderr }
  }
}

/** Runs the command to its end, with an input. */
export function command(args: readonly string[], input = ''): Promise<Finished> {
  const run = new CommandRun(args)
  run.child.stdin?.end(input)
  return run.finished()
}
