import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type RunOptions, runWithSockets } from '../../../src/host.js'

/** A folder with `data`, which a guest is given, and secrets beside it. */
export class Outside {
  readonly folder: string
  #before: Record<string, string> = {}

  constructor(name: string) {
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), `posix-wasm-${name}-`)))
  }

  at(...names: string[]): string {
    return path.join(this.folder, ...names)
  }

  /** Makes everything anew. Returns the path of `data`. */
  lay(): string {
    for (const name of ['data', 'outside', 'door']) fs.rmSync(this.at(name), { recursive: true, force: true })
    for (const name of ['data', 'outside/sub', 'outside/empty', 'door/sub'])
      fs.mkdirSync(this.at(name), { recursive: true })
    for (const name of ['outside', 'outside/sub', 'door', 'door/sub']) {
      fs.writeFileSync(this.at(name, 'secret'), `secret of ${name}`)
      fs.writeFileSync(this.at(name, 'own'), `secret of ${name}`)
      fs.symlinkSync('secret', this.at(name, 'link'))
    }
    this.remember()
    return this.at('data')
  }

  /** Takes what is outside now for what has to be there. */
  remember(): void {
    this.#before = this.#state()
  }

  /** What has changed outside of `data` since then. */
  differences(): string[] {
    const now = this.#state()
    const names = new Set([...Object.keys(now), ...Object.keys(this.#before)])
    return [...names].filter((name) => now[name] !== this.#before[name])
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true })
  }

  #state(): Record<string, string> {
    const names = ['outside', 'door'].flatMap((name) => [
      name,
      ...fs.readdirSync(this.at(name), { recursive: true, encoding: 'utf8' }).map((each) => path.join(name, each)),
    ])
    return Object.fromEntries(
      names.map((name) => {
        const { mtimeNs, nlink, size, mode } = fs.lstatSync(this.at(name), { bigint: true })
        const isFile = fs.lstatSync(this.at(name)).isFile()
        const contents = isFile ? fs.readFileSync(this.at(name), 'utf8') : ''
        return [name, `${mtimeNs} ${nlink} ${size} ${mode} ${contents}`]
      }),
    )
  }
}

/** The lines that a program prints, `attempt: result`. */
export function linesOf(output: string): Record<string, string> {
  const lines = output.split('\n').filter((line) => line.includes(': '))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]),
  )
}

/** The attempts that a C program of test/attack/guests prints, by its source. */
export function attemptsIn(name: string): string[] {
  const source = fs.readFileSync(path.join('test/attack/guests', `${name}.c`), 'utf8')
  const main = source.slice(source.indexOf('int main('))
  return [...main.matchAll(/^ +(?:say|say_open|contents|list)\("([^"]+)"/gm)].map(([, attempt]) => attempt as string)
}

/** Runs a guest to its end, and returns what it printed. */
export async function outputOf(program: string, options: RunOptions): Promise<string> {
  let output = ''
  const stdout = (bytes: Uint8Array) => {
    output += Buffer.from(bytes)
  }
  await runWithSockets(program, { stdin: 'ignore', timeoutMs: 60_000, ...options, stdout })
  return output
}
