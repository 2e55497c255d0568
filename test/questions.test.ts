import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { help, manual } from '../src/cli/manual/questions.js'
import { commands } from '../src/cli/manual/table.js'
import { isBuildTool } from '../src/toolchain/names.js'
import { command, guestFile } from './support/command.js'

/* What the command says of itself. */
const root = fileURLToPath(new URL('..', import.meta.url))
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the help', () => {
  test.each([['--help'], ['-h'], ['help'], ['help', 'run'], ['run', '--help'], ['--trace', '--help']])(
    'is printed for %s %s',
    async (...line) => {
      const { stdout, stderr, code } = await command(line)
      expect(stdout).toMatch(/^Usage: posix-wasm \[options\] <module>/)
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    },
  )

  test('begins with the usage and examples, has groups, and ends with where to read on', () => {
    const titles = [...help().matchAll(/^(\S.*):$/gm)].map(([, title]) => title)
    expect(titles.at(0)).toBe('Commands')
    expect(titles).toContain('What it may reach')
    expect(titles.at(-1)).toBe('Exit codes')
    const [, page = ''] = /^Documentation: (.*)$/m.exec(help()) ?? []
    expect(readFileSync(page, 'utf8')).toMatch(/^# The command/)
  })

  test('fits a terminal', () => {
    const lines = help()
      .split('\n')
      .filter((line) => !/^(Documentation|Manual page):/.test(line))
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  test('of a command is that command’s own', async () => {
    expect((await command(['help', 'inspect'])).stdout).toMatch(/^Usage: posix-wasm inspect /)
  })

  test('lists every tool that builds programs', () => {
    const listed = commands.map(({ name }) => name).filter(isBuildTool)
    expect(listed.length).toBe(10)
  })
})

test.each([['--version'], ['-V'], ['version']])('the version is printed for %s', async (line) => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  expect(await command([line])).toMatchObject({ stdout: `${version}\n`, stderr: '', code: 0 })
  expect((await command([line, '-v'])).stdout).toMatch(/^ {2}worker {3}/m)
})

describe('run', () => {
  test('runs a module', async () => {
    const direct = await command([guestFile('socketpair')])
    expect(await command(['run', guestFile('socketpair')])).toEqual(direct)
    expect(direct.code).toBe(0)
  })

  test.each(['cc', 'inspect', 'help', 'run'])('takes %s for a module', async (word) => {
    const { stderr, code } = await command(['run', word])
    expect(stderr).toMatch(`posix-wasm: there is neither a command nor a module ${word}: `)
    expect(code).toBe(127)
  })
})

test.each([
  ['ld', 'posix-wasm cc links, and takes -Wl,OPTION'],
  ['c++filt', 'posix-wasm nm -C prints names of C++ as they were written'],
  ['llvm-objdump-19', 'did you mean posix-wasm objdump?'],
  ['inspct', 'did you mean posix-wasm inspect?'],
  ['frobnicate', 'the tools are cc, c++, ar, ranlib, nm, strip, objdump, objcopy, size'],
])('%s, which there is not, is not taken for a file', async (word, hint) => {
  expect(await command([word, '-x', 'a.o'])).toEqual({
    ...{ code: 127, signal: null, stdout: '' },
    stderr: `posix-wasm: there is neither a command nor a module ${word}: ${hint}\n`,
  })
})

test.each(['./ld', 'app.wasm'])('%s is a file that is not there', async (name) => {
  expect((await command([name])).stderr).toBe(`posix-wasm: cannot read ${name}: there is no such file\n`)
})

test.each(['--help', 'version -v', 'completion bash', 'cc --help', `inspect ${guestFile('options')}`])(
  '%s may be read by a program that ends at once',
  (line) => {
    const { stderr } = spawnSync('sh', ['-c', `"$0" dist/cli.js ${line} | true`, process.execPath], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
  },
)

describe('the manual page', () => {
  test('has all that the help has', () => {
    const options = [...help().matchAll(/^ {2}(-[-\w=]+)/gm)].map(([, name]) => name as string)
    expect(options.length).toBeGreaterThan(25)
    for (const name of options) expect(manual()).toContain(`\\fB${name.replaceAll('-', '\\-')}`)
  })

  test('is in the package, and the same', () => {
    const { man } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
    expect(readFileSync(path.join(root, man), 'utf8')).toBe(manual())
  })

  test('is roff that groff takes without a warning', ({ skip }) => {
    const { error, stderr } = spawnSync('groff', ['-man', '-ww', '-z'], { input: manual(), encoding: 'utf8' })
    if (error !== undefined) skip('there is no groff')
    expect(stderr).toBe('')
  })
})

describe('completions', () => {
  const rows = [
    ['ins', ['inspect']],
    ['--stats-', ['--stats-every']],
    ['--mode s', ['suspend']],
    ['--limit mem', ['memory=']],
    ['--env A=1 comp', ['completion']],
    ['completion f', ['fish']],
    ['inspect --j', ['--json']],
    ['guest_', ['guest_a.wasm']],
    ['run guest_', ['guest_a.wasm']],
    ['inspect guest_', ['guest_a.wasm']],
    ['guest_a.wasm guest_b', ['guest_b.txt']],
  ] as const
  beforeAll(async () => {
    for (const name of ['guest_a.wasm', 'guest_b.txt']) writeFileSync(path.join(folder, name), '')
    for (const shell of ['bash', 'zsh', 'fish'])
      writeFileSync(path.join(folder, shell), (await command(['completion', shell])).stdout)
  })
  const ran = (shell: string, script: string, ...args: string[]) =>
    execFileSync(shell, [...(shell === 'fish' ? ['--no-config'] : []), '-c', script, ...args], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'], // bash says that compopt is not called by a completion
    })
  const lacks = (shell: string) => spawnSync(shell, ['-c', 'true']).error !== undefined

  test.each(rows)('bash: posix-wasm %s', (line, expected) => {
    const script = `source ./bash; COMP_WORDS=(posix-wasm "$@"); COMP_CWORD=$#; _posix_wasm; printf '%s\\n' "\${COMPREPLY[@]}"`
    expect(
      ran('bash', script, 'bash', ...line.split(' '))
        .trim()
        .split('\n'),
    ).toEqual(expected)
  })

  test('bash: what follows an equals sign, which is a word of its own there', () => {
    const script = `source ./bash; COMP_WORDS=(posix-wasm --trace = j); COMP_CWORD=3; _posix_wasm; echo "\${COMPREPLY[@]}"`
    expect(ran('bash', script)).toBe('json\n')
  })

  test.each(rows)('fish: posix-wasm %s', (line, expected) => {
    if (lacks('fish')) return console.log('skipped: there is no fish')
    const lines = ran('fish', `source ./fish; complete -C "posix-wasm ${line}"`).trim().split('\n')
    expect(lines.map((each) => each.split('\t')[0])).toEqual(expected)
  })

  test('zsh: the script is understood', () => {
    if (lacks('zsh')) return console.log('skipped: there is no zsh')
    execFileSync('zsh', ['-n', 'zsh'], { cwd: folder })
  })

  test('there are none for another shell', async () => {
    expect(await command(['completion', 'tcsh'])).toMatchObject({
      code: 125,
      stderr: 'posix-wasm: write it as posix-wasm completion bash|zsh|fish\n',
    })
  })
})
