import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mode } from '../src/host/mode.js'
import { runWithSockets } from '../src/host.js'
import { describeModes } from './support/modes.js'

/*
 * The kernel is the oracle: each program in test/guests is plain POSIX C, and prints the same natively and as a guest. What it prints
 * natively stands in test/guests/expected, so that the comparison needs no C compiler; with one, the native run is compared as well.
 * `UPDATE_EXPECTED=1` writes the files anew from native runs.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const programs = readdirSync(path.join(root, 'test/guests'))
  .filter((name) => name.endsWith('.c'))
  .map((name) => name.slice(0, -2))
const hasCompiler = spawnSync('cc', ['--version']).status === 0
const hasKeepAliveTimes = net.Socket.prototype.setKeepAlive.length >= 4

/** Where Node cannot do what Linux does: why, and the lines that differ, or `anything` where they depend on who is quicker. */
const knownGaps: Record<
  string,
  { reason: string; applies: boolean; lines: Record<string, string> | 'anything' | 'native mode only' }
> = {
  connect_pending: {
    reason: 'Node accepts at once whatever the backlog, so a connection is not pending for long',
    applies: true,
    lines: 'anything',
  },
  system_options: {
    reason: 'Node cannot set these options',
    applies: true,
    lines: 'native mode only',
  },
  urgent: {
    reason: 'Node has no out-of-band data',
    applies: true,
    lines: 'native mode only',
  },
  local_names: {
    reason: 'Node does not tell the name of whoever calls a local socket, and binds none that is connected',
    applies: true,
    lines: {
      'accept a bound one: length with NUL, family 1, /three':
        'accept a bound one: length of a family, family 1, no name',
      'getpeername other: length with NUL, family 1, /three':
        'getpeername other: length of a family, family 1, no name',
      'bind a connected one: 0': 'bind a connected one: EINVAL',
      'getsockname client: length with NUL, family 1, /two':
        'getsockname client: length of a family, family 1, no name',
      'length of a name': 'length 0',
    },
  },
  options: {
    reason: "this Node's setKeepAlive has no interval and count",
    applies: !hasKeepAliveTimes,
    lines: {
      'TCP_KEEPINTVL: at first 75, set 0, then 10, cleared EINVAL, then 10':
        'TCP_KEEPINTVL: at first -1, set ENOPROTOOPT, then -1, cleared EINVAL, then -1',
      'TCP_KEEPCNT: at first 9, set 0, then 5, cleared EINVAL, then 5':
        'TCP_KEEPCNT: at first -1, set ENOPROTOOPT, then -1, cleared EINVAL, then -1',
    },
  },
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  if (!hasCompiler) console.log('no C compiler (cc): guests are compared with the outputs on file only')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(programs)('%s', (name) => {
  const expectedFile = path.join(root, 'test/guests/expected', `${name}.txt`)
  /** Where the program may put local sockets. */
  const place = (kind: string) => {
    const where = path.join(folder, `${name}.${kind}`)
    mkdirSync(where)
    return where
  }

  test.runIf(hasCompiler)('natively', () => {
    const program = path.join(folder, name)
    execFileSync('cc', ['-O1', '-w', '-o', program, path.join(root, 'test/guests', `${name}.c`), '-lresolv'])
    // Into a file: what Node gives a child as a pipe is a socket, and some programs ask what standard output is.
    const output = openSync(`${program}.out`, 'w')
    const { status } = spawnSync(program, [place('C')], { stdio: ['ignore', output, 'inherit'], timeout: 60_000 })
    closeSync(output)
    const stdout = readFileSync(`${program}.out`, 'utf8')
    if (process.env['UPDATE_EXPECTED']) writeFileSync(expectedFile, stdout)
    expect(stdout).toBe(readFileSync(expectedFile, 'utf8'))
    expect(status).toBe(0)
  })

  describeModes('as a guest', (mode) => {
    const isOnlyNative = mode !== 'native' && knownGaps[name]?.lines === 'native mode only'
    test.skipIf(isOnlyNative)('prints the same', async () => {
      const where = place(mode)
      let output = ''
      const code = await runWithSockets(path.join(root, 'build/guests', `${name}.wasm`), {
        mode,
        args: [where],
        dirs: { [where]: where },
        stdout: (bytes) => {
          output += Buffer.from(bytes).toString()
        },
        timeoutMs: 50_000,
      })
      expect(output.split('\n')).toEqual(
        withGaps({ name, mode }, readFileSync(expectedFile, 'utf8'), output).split('\n'),
      )
      expect(code).toBe(0)
    })
  })
})

/** What a guest is to print: what the kernel's program prints, but for the known gaps, of which native mode has none. */
function withGaps({ name, mode }: { name: string; mode: Mode }, expected: string, output: string): string {
  const gap = knownGaps[name]
  if (gap === undefined || !gap.applies || mode === 'native') return expected
  const { lines, reason } = gap
  console.log(
    `${name}: ${typeof lines === 'string' ? 'not compared' : `${Object.keys(lines).length} lines differ`}, since ${reason}`,
  )
  if (typeof lines === 'string') return output
  return expected
    .split('\n')
    .map((line) => lines[line] ?? line)
    .join('\n')
}
