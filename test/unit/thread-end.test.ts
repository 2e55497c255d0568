import { execFileSync, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { helperGone } from '../../src/bridge/link.js'

const dist = new URL('../../dist/index.js', import.meta.url).href
let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  execFileSync('mkfifo', [path.join(folder, 'fifo')])
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A thread that does not end, whatever it is told. */
function immortal(): Worker & { told: string[] } {
  const told: string[] = []
  const worker = Object.assign(new EventEmitter(), {
    threadId: 1,
    told,
    postMessage: (message: string) => void told.push(message),
    terminate: () => void told.push('terminate'),
    unref() {},
  })
  return worker as unknown as Worker & { told: string[] }
}

test('a helper that does not end is told to reset, then terminated, and then not waited for', async () => {
  vi.useFakeTimers()
  const worker = immortal()
  const gone = helperGone(worker, 100)
  await vi.advanceTimersByTimeAsync(100)
  expect(worker.told).toEqual(['reset'])
  await vi.runAllTimersAsync()
  await gone
  expect(worker.told).toEqual(['reset', 'terminate'])
  worker.emit('exit', 0) // so that this process is not ended by force
  vi.useRealTimers()
})

/** A module that imports `env.block`, and calls it. */
const blocked = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0],
  ...[2, 13, 1, 3, 101, 110, 118, 5, 98, 108, 111, 99, 107, 0, 0],
  ...[3, 2, 1, 0, 7, 10, 1, 6, 95, 115, 116, 97, 114, 116, 0, 1, 10, 6, 1, 4, 0, 0x10, 0, 0x0b],
)

describe('a guest whose thread is blocked in a system call for ever', () => {
  test.each([
    ['timeoutMs', 'timeoutMs: 300', ''],
    ['stop', '', 'setTimeout(() => running.stop(new Error("stopped")), 300)'],
    ['a signal', 'signal: AbortSignal.timeout(300)', ''],
  ])('%s ends its run, and the process can exit', async (_, option, then) => {
    const files = { module: path.join(folder, 'blocked.wasm'), imports: path.join(folder, 'imports.mjs') }
    fs.writeFileSync(files.module, blocked)
    const fifo = JSON.stringify(path.join(folder, 'fifo'))
    fs.writeFileSync(
      files.imports,
      `import fs from 'node:fs'\nexport const imports = { env: { block: () => void fs.openSync(${fifo}) } }\n`,
    )
    const script = `
      import { startWithSockets } from ${JSON.stringify(dist)}
      import { pathToFileURL } from 'node:url'
      const imports = pathToFileURL(${JSON.stringify(files.imports)})
      const running = await startWithSockets(${JSON.stringify(files.module)}, { mode: 'worker', imports, ${option} })
      ${then}
      console.log(await running.exitCode.catch(({ name, message }) => name + ": " + message))
      process.exit(7)`
    const file = path.join(folder, 'host.mjs')
    fs.writeFileSync(file, script)
    const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'ignore'] })
    let said = ''
    child.stdout.on('data', (piece) => {
      said += piece
    })
    const hang = setTimeout(() => child.kill('SIGTERM'), 30_000)
    const [code, signal] = await once(child, 'close')
    clearTimeout(hang)
    expect(said).toMatch(/^(GuestTimeout|Error: stopped|TimeoutError)/)
    expect([code, signal]).toEqual('execve' in process ? [7, null] : [null, 'SIGKILL'])
  })
})
