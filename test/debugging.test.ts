import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type GuestTrap, runWithSockets } from '../src/index.js'
import { command } from './support/command.js'
import { DebuggedRun } from './support/inspector.js'
import { describeModes } from './support/modes.js'

/* What docs/debugging.md says, with the programs that it shows. */
const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(path.join(root, 'docs/debugging.md'), 'utf8')
let folder = ''
const file = (name: string) => path.join(folder, name)

/** Compiles a program of the page. */
function compile(name: string, ...flags: string[]): string {
  const [, code = ''] = new RegExp(`\`${name}\\.c\`[^\`]*\`\`\`c\\n([^]*?)\`\`\``).exec(page) ?? []
  expect(code).not.toBe('')
  writeFileSync(file(`${name}.c`), code)
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: 'npm',
    POSIX_WASM_CACHE: `${root}/build/cache`,
  }
  const args = [`${root}/dist/cli.js`, 'cc', ...flags, `${name}.c`, '-o', `${name}.wasm`]
  execFileSync(process.execPath, args, { cwd: folder, env })
  return file(`${name}.wasm`)
}

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-debugging-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a trap has a stack with the names of functions', async () => {
  const { code, stderr } = await command([compile('crash', '-g'), '0'])
  expect(code).toBe(134)
  expect(stderr).toMatch(/^posix-wasm: the guest trapped: divide by zero\n +at divide .*\n +at main /)
})

describe('a write to address 0', () => {
  test('is no fault in WebAssembly, where it reads back what it wrote', async () => {
    expect(await command([compile('null')])).toMatchObject({ code: 0, stdout: 'read back: 42\n' })
  })

  test('is one in the native program', ({ skip }) => {
    compile('null')
    try {
      execFileSync('gcc', ['null.c', '-o', 'null'], { cwd: folder })
    } catch {
      skip('there is no gcc')
    }
    expect(() => execFileSync(file('null'), { stdio: 'ignore' })).toThrow(
      expect.objectContaining({ signal: 'SIGSEGV' }),
    )
  })

  test('is found by -fsanitize=null', async () => {
    const { code, stderr } = await command([compile('null', '-g', '-fsanitize=null', '-fsanitize-trap=all')])
    expect({ code, stderr }).toMatchObject({ code: 134, stderr: expect.stringContaining('unreachable') })
  })
})

describeModes('node --inspect-brk', (mode) => {
  test('sees the debug information of the guest, and pauses in it', async () => {
    const module = compile('crash', '-g')
    const trap = await runWithSockets(module, { args: ['0'] }).catch((error: GuestTrap) => error)
    const [innermost] = (trap as GuestTrap).frames
    const breakpoint = { urlRegex: '^wasm://', lineNumber: 0, columnNumber: innermost?.offset }

    const run = await DebuggedRun.start(['--mode', mode, module, '7'])
    onTestFinished(() => void run.child.kill('SIGKILL'))
    await run.call('NodeWorker.enable', { waitForDebuggerOnStart: true })
    await run.call('Debugger.enable')
    await run.call('Debugger.setBreakpointByUrl', breakpoint)
    await run.call('Runtime.runIfWaitingForDebugger')
    await run.event('Debugger.paused') // before the first line of the command
    await run.call('Debugger.resume')
    const session = mode === 'suspend' ? undefined : await enteredGuest(run, breakpoint)
    if (mode === 'worker') await releaseHelper(run)

    const isModule = ({ scriptLanguage }: { scriptLanguage?: unknown }) => scriptLanguage === 'WebAssembly'
    const { debugSymbols } = await run.event('Debugger.scriptParsed', isModule, session)
    expect([debugSymbols].flat()).toEqual([expect.objectContaining({ type: 'EmbeddedDWARF' })])
    const { callFrames } = await run.event('Debugger.paused', undefined, session)
    const names = (callFrames as { functionName: string }[]).map(({ functionName }) => functionName)
    expect(names.slice(0, 2)).toEqual(['$divide', '$main'])
    await run.call('Debugger.resume', {}, session)
    expect(await run.finished()).toBe(0)
    expect(run.stdout).toBe('14\n')
  })
})

/** Waits for the guest's thread, and puts a breakpoint there before anything of it runs. */
async function enteredGuest(run: DebuggedRun, breakpoint: Readonly<Record<string, unknown>>): Promise<string> {
  const session = await attached(run)
  await run.call('Debugger.enable', {}, session)
  await run.call('Debugger.setBreakpointByUrl', breakpoint, session)
  await run.call('Runtime.runIfWaitingForDebugger', {}, session)
  await run.event('Debugger.paused', undefined, session)
  await run.call('Debugger.resume', {}, session)
  return session
}

/** Lets the helper's thread run. */
async function releaseHelper(run: DebuggedRun): Promise<void> {
  await run.call('Runtime.runIfWaitingForDebugger', {}, await attached(run))
}

async function attached(run: DebuggedRun): Promise<string> {
  return String((await run.event('NodeWorker.attachedToWorker'))['sessionId'])
}
