import { execFileSync, spawnSync } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { inspectModule } from '../../src/host.js'
import { CommandRun, guestFile } from '../support/command.js'

const source = (name: string) => fileURLToPath(new URL(`../guests/${name}`, import.meta.url))
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const running: CommandRun[] = []
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})
function start(module: string): CommandRun {
  const run = new CommandRun(['--timeout', '30', module])
  running.push(run)
  return run
}

const question = 'what does the fox say '.repeat(1000)

async function echoed(port: number): Promise<string> {
  const socket = net.connect(port, '127.0.0.1')
  socket.end(question)
  return await text(socket)
}

/** Serves a connection and then a datagram, whichever language it is written in. */
async function servesBoth(module: string): Promise<void> {
  const run = start(module)
  const stream = await run.printed(/^port (\d+) of 127\.0\.0\.1, type 4$/m)
  expect(await echoed(Number(stream[1]))).toBe(question)
  const datagram = await run.printed(/^port \d+ .*\nport (\d+) of 127\.0\.0\.1, type 4$/m)
  const socket = dgram.createSocket('udp4')
  const answer = once(socket, 'message')
  socket.send('hello', Number(datagram[1]), '127.0.0.1')
  expect(String((await answer)[0])).toBe('hello')
  socket.close()
  const { code, stdout } = await run.finished()
  expect(code).toBe(0)
  expect(stdout).toMatch(/^5 bytes from 127\.0\.0\.1$/m)
}

/** A rustc that has a standard library for WASI, and what it calls that: Debian's, or one of rustup's. */
function rust(): { rustc: string; target: string } | undefined {
  for (const rustc of ['rustc', '/usr/bin/rustc'])
    for (const target of ['wasm32-wasip1', 'wasm32-wasi']) {
      const { stdout } = spawnSync(rustc, ['--target', target, '--print', 'target-libdir'], { encoding: 'utf8' })
      if (stdout && fs.existsSync(stdout.trim())) return { rustc, target }
    }
  return undefined
}
const found = rust()
if (found === undefined) console.log('no rustc with a library for WASI: the Rust guest is not tried')

describe("WasmEdge's versions mixed in one module", () => {
  test('are both told', async () => {
    const { dialects } = await inspectModule(guestFile('wasmedge_versions'))
    expect(dialects.flat()).toEqual(['WASI preview 1', 'WasmEdge sockets 2', 'WasmEdge sockets 1'])
  })

  test('serve a connection and a datagram, from C', () => servesBoth(guestFile('wasmedge_versions')))

  test.runIf(found)('and from Rust', async () => {
    const module = path.join(folder, 'rust.wasm')
    const options = ['--target', found?.target as string, '-O', '-C', 'strip=symbols', '-o', module]
    execFileSync(found?.rustc as string, [...options, source('rust/wasmedge_mixed.rs')])
    await servesBoth(module)
  })
})

test('preview 1 and posix_sockets are spoken of one descriptor', async () => {
  const run = start(guestFile('preview1_and_posix_sockets'))
  expect(await echoed(Number((await run.printed(/port (\d+)/))[1]))).toBe(question)
  const { code, stdout } = await run.finished()
  expect([code, stdout.split('\n').slice(1)]).toEqual([0, ['fd_close: 8', '']])
})

test("AssemblyScript speaks WAMR's sockets", async () => {
  const module = path.join(folder, 'assemblyscript.wasm')
  const asc = fileURLToPath(new URL('../../node_modules/assemblyscript/bin/asc.js', import.meta.url))
  const options = ['--runtime', 'stub', '--use', 'abort=', '-O']
  execFileSync(process.execPath, [asc, source('assemblyscript/wamr_echo.ts'), '-o', module, ...options])
  const run = start(module)
  expect(await echoed(Number((await run.printed(/port (\d+)/))[1]))).toBe(question)
  const { code, stdout } = await run.finished()
  expect([code, stdout.split('\n').slice(1)]).toEqual([0, ['over', '']])
})
