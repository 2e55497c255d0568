import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { WASI as NodeWasi } from 'node:wasi'
import { nodeWasi } from '../wasi/node-wasi.js'

const { WASI } = await nodeWasi()

/** One call of a tool of LLVM's. */
export interface ToolCall {
  /** The tool's name and its arguments. */
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** The folder for temporary files. */
  readonly temporary: string
  /** What it reads from standard input. */
  readonly input: string
}

export interface ToolResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/**
 * LLVM's tools, run from the one WebAssembly program that they are, on this machine's own files. The program's libc thinks that it
 * stands in `/`; so that relative paths, and what is recorded of them, come out as with a native compiler, its idea of the working
 * directory is set in its memory before it starts.
 */
export class Llvm {
  readonly #module: WebAssembly.Module
  readonly #cwdAt: number

  /** `cwdAt` is what `whereCwdIsKept` answers for this module. */
  constructor(module: WebAssembly.Module, cwdAt: number) {
    this.#module = module
    this.#cwdAt = cwdAt
  }

  /** Runs a tool by itself; the driver cannot start others from here, which is what `runDriver` is for. */
  run({ args, cwd, env, temporary, input }: ToolCall): ToolResult {
    const folder = fs.mkdtempSync(path.join(temporary, 'posix-wasm-tool-'))
    const file = (name: string) => path.join(folder, name)
    fs.writeFileSync(file('in'), input, 'latin1')
    const [stdin, stdout, stderr] = [
      fs.openSync(file('in'), 'r'),
      fs.openSync(file('out'), 'w+'),
      fs.openSync(file('err'), 'w+'),
    ]
    try {
      const wasi = new WASI({
        version: 'preview1',
        args: [...args],
        env,
        preopens: { '/': '/' },
        returnOnExit: true,
        ...{ stdin, stdout, stderr },
      })
      const code = this.#start(wasi, cwd)
      const text = (name: string) => fs.readFileSync(file(name), 'latin1')
      return { code, stdout: text('out'), stderr: text('err') }
    } finally {
      for (const fd of [stdin, stdout, stderr]) fs.closeSync(fd)
      fs.rmSync(folder, { recursive: true, force: true })
    }
  }

  #start(wasi: NodeWasi, cwd: string): number {
    const instance = new WebAssembly.Instance(this.#module, {
      wasi_snapshot_preview1: wasi.wasiImport as WebAssembly.ModuleImports,
    })
    const memory = instance.exports.memory as WebAssembly.Memory
    const text = Buffer.from(`${cwd}\0`)
    const at = memory.grow(Math.ceil(text.length / PAGE)) * PAGE
    new Uint8Array(memory.buffer).set(text, at)
    new Uint32Array(memory.buffer)[this.#cwdAt] = at
    return wasi.start(instance) as unknown as number
  }
}

const PAGE = 65536

/**
 * Where the program's libc keeps the pointer to its working directory, as an index of 32-bit words. Found by trying: every word
 * that points to a lone "/" is made to point to a path of its own, and the first file that a tool then asks for tells which one counts.
 */
export function whereCwdIsKept(module: WebAssembly.Module): number {
  const asked: string[] = []
  const stderr = fs.openSync(os.devNull, 'w')
  const wasi = new WASI({
    version: 'preview1',
    args: ['ar', 't', 'probe'],
    preopens: { '/': '/' },
    returnOnExit: true,
    stderr,
  })
  const imports: Record<string, unknown> = { ...wasi.wasiImport }
  const ENOENT = 44
  for (const name of ['path_open', 'path_filestat_get'])
    imports[name] = (_fd: number, _flags: number, pointer: number, length: number) => {
      asked.push(Buffer.from(memory.buffer, pointer, length).toString())
      return ENOENT
    }
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: imports as WebAssembly.ModuleImports })
  const memory = instance.exports.memory as WebAssembly.Memory
  const candidates = wordsThatPointToRoot(memory)
  const at = memory.grow(1) * PAGE
  for (const [number, word] of candidates.entries()) {
    new Uint8Array(memory.buffer).set(Buffer.from(`/${number}.cwd\0`), at + number * 16)
    new Uint32Array(memory.buffer)[word] = at + number * 16
  }
  wasi.start(instance)
  fs.closeSync(stderr)
  const found = asked.map((path) => /^\/?(\d+)\.cwd\/probe$/.exec(path)?.[1]).find((number) => number !== undefined)
  const word = candidates[Number(found)]
  if (word === undefined) throw new Error('this build of LLVM keeps its working directory in an unknown way')
  return word
}

function wordsThatPointToRoot(memory: WebAssembly.Memory): number[] {
  const [bytes, words] = [new Uint8Array(memory.buffer), new Uint32Array(memory.buffer)]
  const found: number[] = []
  const firstAddress = 1024 // below lies what no C object has
  for (let index = firstAddress / 4; index < words.length && found.length < PAGE / 16; index++) {
    const pointer = words[index] as number
    if (pointer >= firstAddress && bytes[pointer] === 0x2f && bytes[pointer + 1] === 0) found.push(index)
  }
  return found
}
