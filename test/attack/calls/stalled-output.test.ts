import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { finished } from '../../support/attack-child.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* A reader of standard output that does not read: nothing of the host may stand still because of it, and everything must still end. */
const host = fileURLToPath(new URL('stalled-output.host.mjs', import.meta.url))
const dist = new URL('../../../dist/index.js', import.meta.url).href
const hasPython = spawnSync('python3', ['--version']).status === 0
if (!hasPython) console.log('terminals that are not read are not tested: there is no python3 to open one with')

let folder = ''
let guest = ''
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  guest = (await compileFrom('test/attack/guests', ['writes']))['writes'] as string
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** Opens a terminal, runs a program with it as its standard output, and reads nothing. */
const inTerminal = `
import os, pty, sys
master, slave = pty.openpty()
child = os.fork()
if child == 0:
    os.dup2(slave, 1)
    os.execv(sys.argv[1], sys.argv[1:])
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))`

type Start = (args: readonly string[]) => ChildProcess
const kinds: readonly (readonly [kind: string, start: Start, isThere: boolean])[] = [
  ['a pipe', (args) => spawn('bash', pipeline(args)), true],
  ['a FIFO', (args) => fifo(args), true],
  ['a socket', (args) => spawn(args[0] as string, args.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] }), true],
  ['a terminal', (args) => spawn('python3', ['-c', inTerminal, ...args]), hasPython],
]

/** The reader of the pipe only sleeps. */
function pipeline(args: readonly string[]): string[] {
  return ['-c', 'exec 3> >(exec sleep 1000); reader=$!; "$@" >&3; code=$?; kill $reader; exit $code', 'bash', ...args]
}

function fifo(args: readonly string[]): ChildProcess {
  const file = path.join(folder, `fifo-${Math.random()}`)
  execFileSync('mkfifo', [file])
  return spawn('bash', ['-c', 'exec 3<> "$0"; exec "$@" > "$0"', file, ...args])
}

type How = 'timeout' | 'stop' | 'signal' | 'exit' | 'instantiate'
/** What ends the guest, and what the host notes then. */
const hows: Readonly<Record<How, readonly [name: string, noted: string]>> = {
  timeout: ['timeoutMs', 'GuestTimeout: the guest was stopped after 400 ms\n'],
  stop: ['stop', 'Error: told to stop\n'],
  signal: ['a signal', 'Error: told to stop\n'],
  exit: ['process.exit', ''],
  instantiate: ['timeoutMs on the calling thread', 'GuestTimeout: the guest was stopped after 400 ms\n'],
}

describeAttacks('calls', (mode) => {
  describe.each(kinds.filter(([, , isThere]) => isThere))('standard output is %s that is not read', (kind, start) => {
    const all = Object.keys(hows) as How[]
    const tried = kind === 'a pipe' ? all : all.filter((how) => how === 'timeout' || how === 'instantiate')
    test.concurrent.each(tried.map((how) => [hows[how][0], how] as const))(
      '%s ends the guest and its process',
      async (_, how) => {
        const log = path.join(folder, `${mode}-${kind}-${how}`)
        fs.writeFileSync(log, '')
        const child = start([process.execPath, host, JSON.stringify({ dist, guest, mode, how, log })])
        child.stdout?.pause()
        const hang = setTimeout(() => child.kill('SIGKILL'), 60_000)
        const [code, signal] = await once(child, 'exit')
        clearTimeout(hang)
        const loop = how === 'instantiate' && mode !== 'suspend' ? 'over\n' : 'the loop went on\n'
        expect([fs.readFileSync(log, 'utf8'), code, signal]).toEqual([`${hows[how][1]}${loop}`, 3, null])
        child.stdout?.destroy()
      },
    )
  })

  test('a slow reader has it all, and then what the host writes', async () => {
    const script = path.join(folder, `slow-${mode}.mjs`)
    fs.writeFileSync(
      script,
      `import fs from 'node:fs'
      const { runWithSockets } = await import(${JSON.stringify(dist)})
      fs.writeSync(1, 'begin\\n')
      await runWithSockets(${JSON.stringify(guest)}, { mode: ${JSON.stringify(mode)}, args: ['1000000', '100'] })
      const flags = Number.parseInt(/flags:\\s*(\\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/1', 'utf8'))[1], 8)
      fs.writeSync(1, (flags & fs.constants.O_NONBLOCK) === 0 ? 'end, as it was' : 'end, not blocking any more')`,
    )
    const child = spawn('bash', ['-c', '"$@" | (sleep 0.3; cat)', 'bash', process.execPath, script])
    const { lines, errors } = await finished(child)
    const last = mode === 'suspend' ? 'end, as it was' : expect.stringMatching('^end') // Node's threads change the flag
    expect([lines.length, lines[0], lines.at(-1), errors]).toEqual([10_002, 'begin', last, ''])
  })
})
