import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { framesOf } from '../src/host/trap.js'
import { GuestTrap, instantiateWithSockets, runWithSockets } from '../src/index.js'
import { command } from './support/command.js'
import { describeModes } from './support/modes.js'

/* A trap names the guest's functions that were on the stack, in every mode. */
const PROGRAM = `
#include <stdlib.h>
#include <string.h>
static int *volatile nowhere = (int *)0xfffffff0;
__attribute__((noinline)) static int reads(int n) { return n == 0 ? *nowhere : reads(n - 1) + 1; }
__attribute__((noinline)) static int recurses(int n) { volatile char room[512]; memset((char *)room, n, 512); return recurses(n + 1) + room[n & 511]; }
static void handler(void) {}
int main(int argc, char **argv) {
  if (!strcmp(argv[1], "aborts")) abort();
  if (!strcmp(argv[1], "reads")) return reads(2);
  if (!strcmp(argv[1], "recurses")) return recurses(1);
  int (*volatile wrong)(int) = (int (*)(int))handler;
  return wrong(1);
}
`
const folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-trap-'))
const module = path.join(folder, 'crash.wasm')
beforeAll(() => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  writeFileSync(path.join(folder, 'crash.c'), PROGRAM)
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: 'npm',
    POSIX_WASM_CACHE: `${root}/build/cache`,
  }
  execFileSync(
    process.execPath,
    ['dist/cli.js', 'cc', '-O1', '-w', '-fno-optimize-sibling-calls', path.join(folder, 'crash.c'), '-o', module],
    { cwd: root, env },
  )
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const traps = [
  [
    'aborts',
    /^the guest trapped: unreachable.* \(abort\(\), a failed assertion, or a trap instruction\)$/,
    ['abort', 'main'],
  ],
  ['reads', /^the guest trapped: memory access out of bounds$/, ['reads', 'reads', 'reads', 'main']],
  ['recurses', /^the guest trapped: .* stack is full: calls are nested too deeply\)$/, ['recurses', 'recurses']],
  [
    'calls',
    /^the guest trapped: .*signature mismatch \(a function was called through a pointer of another type/,
    ['main'],
  ],
] as const

describeModes('a guest that traps', (mode) => {
  test.each(traps)('%s', async (how, message, functions) => {
    const trap = await runWithSockets(module, { mode, args: [how] }).catch((error) => error)
    expect(trap).toBeInstanceOf(GuestTrap)
    expect(trap.message).toMatch(message)
    const found = (trap as GuestTrap).frames.map((frame) => frame.function).filter((name) => name !== 'memset')
    expect(found.slice(0, functions.length)).toEqual(functions)
    expect((trap.cause as Error).stack).toContain('wasm-function')
  })

  test('and the command prints its stack', async () => {
    const { code, stderr } = await command(['--mode', mode, module, 'reads'])
    expect(code).toBe(134)
    expect(stderr).toMatch(
      /^posix-wasm: the guest trapped: memory access out of bounds\n {4}at reads \(.*crash\.wasm:0x[0-9a-f]+\)\n {4}at reads/,
    )
  })
})

test('a guest on the calling thread tells its frames, too', async () => {
  const guest = await instantiateWithSockets(module, { mode: 'worker', args: ['reads'] })
  const trap = await guest.start().catch((error) => error)
  expect((trap as GuestTrap).frames.map((frame) => frame.function).slice(0, 4)).toEqual([
    'reads',
    'reads',
    'reads',
    'main',
  ])
})

describe("V8's text of a stack", () => {
  test.each([
    [
      '    at crash.wasm.deep (wasm://wasm/crash.wasm-00026ca6:wasm-function[19]:0x43e)',
      [{ function: 'deep', index: 19, offset: 0x43e }],
    ],
    ['    at deep (wasm://wasm/00026ca6:wasm-function[19]:0x43e)', [{ function: 'deep', index: 19, offset: 0x43e }]],
    ['    at wasm://wasm/00026ca6:wasm-function[3]:0x1a', [{ function: undefined, index: 3, offset: 0x1a }]],
    ['    at async m.f (wasm://wasm/m-00026ca6:wasm-function[0]:0x1)', [{ function: 'f', index: 0, offset: 1 }]],
    ['    at invoke (file:///dist/index.js:1:2)', []],
  ])('%s', (line, frames) => {
    expect(framesOf(`RuntimeError: unreachable\n${line}\n    at node:internal`)).toEqual(frames)
  })
})
