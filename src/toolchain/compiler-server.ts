import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { ToolCall, ToolResult } from './llvm.js'
import { whereCwdIsKept } from './llvm.js'
import { compileLlvm } from './llvm-files.js'

// Keeps LLVM compiled in memory, and runs its tools for other processes of this user that ask on a local socket: one JSON `ToolCall` in,
// one `ToolResult` out. Started by the first `posix-wasm cc` with the paths of the package and of the socket; ends when it is idle.

const IDLE_MS = 120_000
/** Clang recurses deeply; a thread has 4 otherwise. */
const STACK_MB = 64
const [packageFolder, socketPath] = process.argv.slice(2) as [string, string]
const module = await compileLlvm(packageFolder)
const workerData = { module, cwdAt: whereCwdIsKept(module) }
const most = Math.max(1, Math.min(os.availableParallelism(), 8))
const idle: Worker[] = []
const waiting: ((worker: Worker) => void)[] = []
let started = 0
let asking = 0
let end: NodeJS.Timeout | undefined

const server = net.createServer({ allowHalfOpen: true }, (socket) => void serve(socket))

// It is bound under a name of its own and then renamed, so that whoever finds the socket finds it ready.
// A tool reads and writes all files of this user: no other user may connect, whatever the mode of the folder.
const umask = process.umask(0o077)
const ownPath = `${socketPath}.${process.pid}`
server.listen(ownPath, () => {
  process.umask(umask)
  fs.renameSync(ownPath, socketPath)
  process.stdout.write('ready\n')
  endWhenIdle()
})

async function serve(socket: net.Socket): Promise<void> {
  asking++
  clearTimeout(end)
  socket.on('error', () => {}) // the one who asked has gone away
  try {
    const call = JSON.parse(await request(socket)) as ToolCall
    const worker = await free()
    const result = await ask(worker, call)
    release(worker)
    socket.end(JSON.stringify(result))
  } catch (error) {
    socket.end(JSON.stringify({ code: 70, stdout: '', stderr: `posix-wasm: ${error}\n` } satisfies ToolResult))
  } finally {
    if (--asking === 0) endWhenIdle()
  }
}

/** All that comes until the other side has said it; the socket stays open for the answer, which `for await` would not do. */
function request(socket: net.Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (part) => (received += part))
    socket.once('end', () => resolve(received))
    socket.once('close', () => reject(new Error('nobody waits for the answer')))
  })
}

function ask(worker: Worker, call: ToolCall): Promise<ToolResult> {
  return new Promise((resolve) => {
    worker.once('message', resolve)
    worker.postMessage(call)
  })
}

function free(): Promise<Worker> | Worker {
  const worker = idle.pop()
  if (worker !== undefined) return worker
  if (started < most) {
    started++
    const code = fileURLToPath(new URL('./compiler-worker.js', import.meta.url))
    return new Worker(code, { workerData, resourceLimits: { stackSizeMb: STACK_MB } })
  }
  return new Promise((resolve) => waiting.push(resolve))
}

function release(worker: Worker): void {
  const next = waiting.shift()
  if (next === undefined) idle.push(worker)
  else next(worker)
}

function endWhenIdle(): void {
  end = setTimeout(() => process.exit(), IDLE_MS)
}
