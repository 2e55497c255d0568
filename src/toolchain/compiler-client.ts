import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ToolCall, ToolResult } from './llvm.js'
import { compileLlvm, LLVM_KEY } from './llvm-files.js'
import { llvmPackage } from './llvm-package.js'
import { cacheFolder } from './places.js'

const SERVER = fileURLToPath(new URL('./compiler-server.js', import.meta.url))
/** Longer names do not fit a sockaddr_un everywhere. */
const LONGEST_SOCKET_PATH = 90
const LONGEST_START_MS = 30_000

/** Runs a tool in the compiler server, which is started when there is none; where there can be none, in this process. */
export async function runLlvm(call: ToolCall): Promise<ToolResult> {
  const folder = await llvmPackage()
  const socketPath = path.join(cacheFolder(), `compiler-${identity()}.sock`)
  if (
    socketPath.length > LONGEST_SOCKET_PATH ||
    process.platform === 'win32' ||
    process.env.POSIX_WASM_COMPILER_SERVER === '0'
  )
    return runHere(folder, call)
  return (await ask(socketPath, call)) ?? (await startAndAsk(folder, socketPath, call))
}

async function runHere(folder: string, call: ToolCall): Promise<ToolResult> {
  const [{ Llvm, whereCwdIsKept }, { runTool }] = await Promise.all([import('./llvm.js'), import('./driver.js')])
  const module = await compileLlvm(folder)
  return runTool(new Llvm(module, whereCwdIsKept(module)), call)
}

/** Names the server: one of this very code, for the one content of LLVM that is run. */
function identity(): string {
  const code = `${SERVER} ${fs.statSync(SERVER).mtimeMs}`
  return createHash('sha256').update(`${code}\n${LLVM_KEY}\n${process.version}`).digest('hex').slice(0, 16)
}

/** Returns undefined if no server answers. The socket lies in the cache, where no other user can put one. */
async function ask(socketPath: string, call: ToolCall): Promise<ToolResult | undefined> {
  const socket = net.connect({ path: socketPath, allowHalfOpen: true })
  try {
    socket.end(JSON.stringify(call))
    const answer = JSON.parse(await text(socket)) as ToolResult
    return typeof answer.code === 'number' ? answer : undefined
  } catch {
    return undefined
  }
}

async function startAndAsk(folder: string, socketPath: string, call: ToolCall): Promise<ToolResult> {
  await startServer(folder, socketPath)
  return (await ask(socketPath, call)) ?? runHere(folder, call)
}

/** Resolves when a server is ready, or cannot be had. If several processes want one at the same time, one of them starts it. */
async function startServer(folder: string, socketPath: string): Promise<void> {
  const lock = `${socketPath}.starting`
  if (!take(lock)) return untilGone(lock)
  try {
    const server = spawn(process.execPath, ['--no-warnings', SERVER, folder, socketPath], {
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await new Promise<void>((resolve) => {
      server.once('error', () => resolve())
      server.once('exit', () => resolve())
      server.stdout.once('data', () => resolve())
    })
    server.stdout.destroy()
    server.unref()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/** The lock appears together with the number of the process that holds it. */
function take(lock: string): boolean {
  const own = `${lock}.${process.pid}`
  fs.writeFileSync(own, String(process.pid))
  try {
    fs.linkSync(own, lock)
    return true
  } catch {
    if (!isAbandoned(lock)) return false
    fs.rmSync(lock, { recursive: true, force: true })
    return take(lock)
  } finally {
    fs.rmSync(own, { force: true })
  }
}

/** Whether its process is gone, or it is older than any start: the number may be another process's by now. */
function isAbandoned(lock: string): boolean {
  const stats = fs.lstatSync(lock, { throwIfNoEntry: false })
  if (stats === undefined) return false
  if (Math.abs(Date.now() - stats.mtimeMs) > LONGEST_START_MS) return true
  try {
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Nothing tells of another process's lock. After the longest start the caller goes on without a server. */
async function untilGone(lock: string): Promise<void> {
  const until = performance.now() + LONGEST_START_MS
  while (fs.existsSync(lock) && !isAbandoned(lock) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10))
}
