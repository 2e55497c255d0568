import { execFile } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSystemClang } from '../src/toolchain/system-clang.js'

/* Which programs are linked with wasi-libc's long-double code: all that use it, whatever shows it, and no other. */
const root = fileURLToPath(new URL('..', import.meta.url))
const cli = path.join(root, 'dist/cli.js')
let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-long-double-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const toolchains = findSystemClang() === undefined ? ['npm'] : ['npm', 'system']
if (toolchains.length === 1)
  console.log('skipped: the tests with a clang of the system, since there is none in PATH with the target wasm32')

const standard = '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <wchar.h>\n'
const inMain = (body: string) =>
  `${standard}int main(int argc, char **argv) { (void)argc, (void)argv; ${body} return 0; }\n`

const using = [
  { name: 'printf', source: inMain('printf("%Lg", 1.5L);'), output: '1.5' },
  { name: 'width, precision and flags', source: inMain('printf("%+-*.*Lf|", 8, 2, 1.5L);'), output: '+1.50   |' },
  { name: 'numbered arguments', source: inMain('printf("%2$.1Le %1$d", 7, 1.5L);'), output: '1.5e+00 7' },
  { name: 'wprintf', source: inMain('wprintf(L"%5.2LF", 1.5L);'), output: ' 1.50' },
  {
    name: 'sscanf',
    source: inMain('long double d; sscanf("2.5", "%Lf", &d); printf("%d", (int)(d * 2));'),
    output: '5',
  },
  { name: 'strtold', source: inMain('printf("%g", (double)strtold("2.5x", 0));'), output: '2.5' },
  { name: 'wcstold', source: inMain('printf("%g", (double)wcstold(L"2.5x", 0));'), output: '2.5' },
  {
    name: 'a format made at run time',
    source: inMain('char f[] = "%g"; char g[9]; sprintf(g, "%c%c%s", f[0], 76, f + 1); printf(g, argc + 0.5L);'),
    output: '1.5',
  },
]

const notUsing = [
  { name: 'printf of a double', source: inMain('printf("%g %lf %s", 1.5, 2.5, "%L");'), output: '1.5 2.500000 %L' },
  { name: 'strtod', source: inMain('printf("%g", strtod("2.5", 0));'), output: '2.5' },
]

const otherWays = [
  { name: 'without symbols', steps: [['-s', '-o', 'a.wasm']] },
  {
    name: 'from an object',
    steps: [
      ['-c', '-o', 'a.o'],
      ['a.o', '-o', 'a.wasm'],
    ],
  },
]

describe.each(toolchains)('with the toolchain %s', (toolchain) => {
  const env = {
    ...process.env,
    WASI_SDK_PATH: '',
    POSIX_WASM_TOOLCHAIN: toolchain,
    POSIX_WASM_CACHE: `${root}/build/cache`,
  }
  const tool = async (...args: string[]) => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [cli, ...args], { cwd: folder, env })
    return stdout + stderr
  }
  const size = () => fs.statSync(path.join(folder, 'a.wasm')).size

  /** Builds a program in steps, of which the first takes the source. */
  const build = async (compiler: 'cc' | 'c++', source: string, steps: readonly string[][]) => {
    const file = compiler === 'cc' ? 'a.c' : 'a.cpp'
    fs.writeFileSync(path.join(folder, file), source)
    const texts: string[] = []
    for (const [index, step] of steps.entries())
      texts.push(await tool(compiler, '-O1', '-w', ...(index === 0 ? [file] : []), ...step))
    return texts.join('')
  }

  test.each(using)('$name works', async ({ source, output }) => {
    expect(await build('cc', source, [['-o', 'a.wasm']])).toBe('')
    expect(await tool('a.wasm')).toBe(output)
  })

  test.each(notUsing)('$name does not bring it', async ({ source, output }) => {
    expect(await build('cc', source, [['-o', 'a.wasm']])).toBe('')
    expect(await tool('a.wasm')).toBe(output)
    const without = size()
    await build('cc', source, [['-lc-printscan-long-double', '-o', 'a.wasm']])
    expect(size()).toBeGreaterThan(without + 10_000)
  })

  test.each(otherWays)('a program that is linked $name works', async ({ steps }) => {
    for (const name of ['printf', 'strtold']) {
      const { source = '', output } = using.find((program) => program.name === name) ?? {}
      expect(await build('cc', source, steps)).toBe('')
      expect(await tool('a.wasm')).toBe(output)
    }
  })

  test('C++ streams write and read them', async () => {
    const source = `#include <iostream>
#include <sstream>
int main() { long double d; std::istringstream("2.5 rest") >> d; std::cout << d + 1 << " " << std::to_string(1.5L); }`
    await build('c++', source, [['-o', 'a.wasm']])
    expect(await tool('a.wasm')).toBe('3.5 1.500000')
  })

  test('C++ without streams does not bring it', async () => {
    const source =
      '#include <string>\n#include <cstdio>\nint main() { std::string s("a"); s += "b"; printf("%s %g", s.c_str(), 1.5); }'
    await build('c++', source, [['-o', 'a.wasm']])
    const without = size()
    expect(await tool('a.wasm')).toBe('ab 1.5')
    await build('c++', source, [['-o', 'a.wasm', '-lc-printscan-long-double']])
    expect(size()).toBeGreaterThan(without + 10_000)
  })

  test('warnings are printed once', async () => {
    fs.writeFileSync(path.join(folder, 'a.c'), inMain('int unused; printf("%Lg", 1.5L);'))
    const { stderr } = await promisify(execFile)(process.execPath, [cli, 'cc', '-Wall', 'a.c', '-o', 'a.wasm'], {
      cwd: folder,
      env,
    })
    expect(stderr.match(/unused variable/g)).toHaveLength(1)
    expect(await tool('a.wasm')).toBe('1.5')
  })

  test('a map that the user asks for is written', async () => {
    await build('cc', inMain('printf("%Lg", 1.5L);'), [['-Wl,-Map=own.map', '-o', 'a.wasm']])
    expect(fs.readFileSync(path.join(folder, 'own.map'), 'utf8')).toContain('CODE')
    expect(await tool('a.wasm')).toBe('1.5')
  })
})
