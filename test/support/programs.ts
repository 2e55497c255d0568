import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const folder = fileURLToPath(new URL('../../build/programs', import.meta.url))

/** A file of a program that `make programs` builds. */
export const built = (name: string, file: string) => `${folder}/${name}/${file}`

/** Whether `make programs` has built it; says so when it has not. */
export function isBuilt(name: string): boolean {
  const is = existsSync(built(name, '.built'))
  if (!is) console.log(`skipped: ${name} has not been built; make programs does that`)
  return is
}

/** A program at work, with all it has said so far. */
export class Program {
  readonly child: ChildProcessWithoutNullStreams
  said = ''
  readonly ended: Promise<number | null>
  #hearers = new Set<() => void>()

  constructor(file: string, args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    this.child = spawn(file, args, { cwd: options.cwd, env: { ...process.env, ...options.env } })
    const hear = (text: string) => {
      this.said += text
      this.#tell()
    }
    for (const stream of [this.child.stdout, this.child.stderr]) stream.setEncoding('utf8').on('data', hear)
    this.child.stdin.on('error', () => {}) // it may end before it has read all
    this.ended = once(this.child, 'close').then(([code]) => {
      this.#tell()
      return code
    })
    onTestFinished(() => void this.child.kill('SIGKILL'))
  }

  /** Resolves when it has said something like `pattern`; rejects when it ends without. */
  async says(pattern: RegExp | string): Promise<RegExpExecArray> {
    const wanted = typeof pattern === 'string' ? new RegExp(pattern.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : pattern
    for (;;) {
      const found = wanted.exec(this.said)
      if (found !== null) return found
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended and has not said ${wanted}, but:\n${this.said}`)
      await new Promise<void>((resolve) => this.#hearers.add(resolve))
    }
  }

  #tell(): void {
    const hearers = [...this.#hearers]
    this.#hearers.clear()
    for (const hearer of hearers) hearer()
  }
}

/** Runs a program to its end. */
export async function run(file: string, args: readonly string[], { input = '', ...options }: RunOptions = {}) {
  const program = new Program(file, args, options)
  program.child.stdin.end(input)
  const code = await program.ended
  return { code, said: program.said }
}

interface RunOptions {
  readonly input?: string
  readonly cwd?: string
  readonly env?: Record<string, string>
}

/** A TCP port of the loopback's that nobody uses. */
export async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Resolves as soon as a connection to the port is accepted; rejects when the program that should do so ends. */
export async function accepting(port: number, program: Program): Promise<void> {
  while (!(await isAccepted(port)))
    if (program.child.exitCode !== null) throw new Error(`it ended before it listened:\n${program.said}`)
}

function isAccepted(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1')
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.once('error', () => setTimeout(resolve, 10, false))
  }).finally(() => socket.destroy()) as Promise<boolean>
}
