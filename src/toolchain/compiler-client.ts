import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ToolCall, ToolResult } from './llvm.js'
import { llvmModule } from './llvm-package.js'
import { cacheFolder } from './places.js'

const SERVER = fileURLToPath(new URL('./compiler-server.js', import.meta.url))
/** Longer names do not fit a sockaddr_un everywhere. */
const LONGEST_SOCKET_PATH = 90
const LONGEST_START_MS = 30_000

/** Runs a tool in the compiler server, which is started when there is none; where there can be none, in this process. */
export async function runLlvm(call: ToolCall): Promise<ToolResult> {
  const module = await llvmModule()
  const socketPath = path.join(cacheFolder(), `compiler-${identity(module)}.sock`)
  if (
    socketPath.length > LONGEST_SOCKET_PATH ||
    process.platform === 'win32' ||
    process.env.POSIX_WASM_COMPILER_SERVER === '0'
  )
    return runHere(module, call)
  return (await ask(socketPath, call)) ?? (await startAndAsk(module, socketPath, call))
}

async function runHere(path: string, call: ToolCall): Promise<ToolResult> {
  const [{ Llvm, whereCwdIsKept }, { runTool }] = await Promise.all([import('./llvm.js'), import('./driver.js')])
  const module = await WebAssembly.compile(fs.readFileSync(path))
  return runTool(new Llvm(module, whereCwdIsKept(module)), call)
}

/** Which server would do: one of this very code, for this very module. */
function identity(module: string): string {
  const of = [SERVER, module].map((file) => `${file} ${fs.statSync(file).mtimeMs}`)
  return createHash('sha256').update(of.join('\n')).update(process.version).digest('hex').slice(0, 16)
}

/** Answers undefined when nobody serves there. */
async function ask(socketPath: string, call: ToolCall): Promise<ToolResult | undefined> {
  const socket = net.connect({ path: socketPath, allowHalfOpen: true })
  try {
    socket.end(JSON.stringify(call))
    const answer = await text(socket)
    return answer === '' ? undefined : (JSON.parse(answer) as ToolResult)
  } catch {
    return undefined
  }
}

async function startAndAsk(module: string, socketPath: string, call: ToolCall): Promise<ToolResult> {
  await startServer(module, socketPath)
  return (await ask(socketPath, call)) ?? runHere(module, call)
}

/** Resolves when a server is ready, or cannot be had. Of those who want one at the same time, one starts it. */
async function startServer(module: string, socketPath: string): Promise<void> {
  fs.mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 })
  const lock = `${socketPath}.starting`
  if (!take(lock)) return untilGone(lock)
  try {
    const server = spawn(process.execPath, ['--no-warnings', SERVER, module, socketPath], {
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
    fs.rmSync(lock, { force: true })
    return take(lock)
  } finally {
    fs.rmSync(own, { force: true })
  }
}

function isAbandoned(lock: string): boolean {
  try {
    process.kill(Number(fs.readFileSync(lock, 'utf8')), 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Nothing tells of another process's lock. Whoever has waited for so long goes on without a server. */
async function untilGone(lock: string): Promise<void> {
  const until = performance.now() + LONGEST_START_MS
  while (fs.existsSync(lock) && !isAbandoned(lock) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 10))
}
