import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const env = {
  ...process.env,
  WASI_SDK_PATH: '',
  POSIX_WASM_TOOLCHAIN: 'npm',
  POSIX_WASM_CACHE: path.join(root, 'build/cache'),
}

/** A command line of a page, and the lines that it prints there. */
export interface Step {
  readonly command: string
  readonly prints: readonly string[]
}

/** A page whose programs are files in a folder and whose commands can be run there, on another port than the one it shows. */
export class ConsolePage {
  readonly steps: readonly Step[]
  readonly #folder: string
  #background: { child: ChildProcess; output: () => string } | undefined

  constructor(page: string, folder: string, ports: { readonly shown: number; readonly free: number }) {
    const text = readFileSync(path.join(root, page), 'utf8').replaceAll(`${ports.shown}`, `${ports.free}`)
    this.#folder = folder
    mkdirSync(path.join(folder, 'node_modules'), { recursive: true })
    symlinkSync(root, path.join(folder, 'node_modules/posix-wasm'))
    for (const [, name = '', code = ''] of text.matchAll(/`([\w.]+\.(?:c|mjs))`[^`]*\n\n```(?:c|js)\n([\s\S]*?)```/g))
      writeFileSync(path.join(folder, name), code)
    this.steps = [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) => stepsOf(block))
  }

  /** Runs a step. Returns the lines that it printed, and those of the one in the background if that has ended by then, sorted. */
  async run({ command }: Step): Promise<string[]> {
    if (command.startsWith('npm install')) return []
    if (command.endsWith(' &')) return this.#start(command.slice(0, -2))
    const { child, output } = this.#spawned(command)
    await once(child, 'close')
    const lines = linesOf(output())
    if (this.#background === undefined || command.includes(' cc ')) return lines
    const { child: other, output: more } = this.#background
    this.#background = undefined
    if (other.exitCode === null) await once(other, 'close')
    return [...lines, ...linesOf(more()).filter((line) => !/ <[\d.]+s>$/.test(line))].sort()
  }

  /** Resolves when the program in the background listens: its trace says so. */
  async #start(command: string): Promise<string[]> {
    this.#background = this.#spawned(command.replace('posix-wasm', 'posix-wasm --trace'))
    const { child, output } = this.#background
    while (!/^listen\(/m.test(output())) await once(child.stderr as NodeJS.ReadableStream, 'data')
    return []
  }

  #spawned(command: string): { child: ChildProcess; output: () => string } {
    const [program, ...args] = command
      .replace(/^npx posix-wasm/, `${process.execPath} ${root}/dist/cli.js`)
      .replace(/^node /, `${process.execPath} `)
      .split(' ')
    const child = spawn(program as string, args, { cwd: this.#folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
    return { child, output: () => text }
  }
}

function stepsOf(block: string): Step[] {
  const parts = block.split(/^\$ /m).filter((part) => part !== '')
  return parts.map((part) => {
    const [command = '', ...prints] = linesOf(part)
    return { command, prints }
  })
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
