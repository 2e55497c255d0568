import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Inspection, inspectModule, instantiateWithSockets, ModuleError } from '../src/host.js'
import { command, guestFile } from './support/command.js'
import { type Import, tinyGuest } from './support/tiny-wasm.js'

const p1 = 'wasi_snapshot_preview1'
const importing = (...imports: Import[]) => tinyGuest(imports, () => [])

let folder = ''
const file = (name: string) => path.join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const spoken: [string, Import[], string[][]][] = [
  ['nothing', [], []],
  ['files only', [[p1, 'fd_write', 4]], [['WASI preview 1']]],
  ['plain sockets', [[p1, 'sock_accept', 3]], [['WASI preview 1']]],
  ['the first name of WASI', [['wasi_unstable', 'fd_close', 1]], [['WASI preview 1']]],
  [
    'posix_sockets and preview 1',
    [
      ['posix_sockets', 'poll', 3],
      [p1, 'fd_close', 1],
    ],
    [['WASI preview 1'], ['posix_sockets']],
  ],
  [
    'WasmEdge 1',
    [
      [p1, 'sock_open', 3],
      [p1, 'sock_accept', 2],
    ],
    [['WasmEdge sockets 1']],
  ],
  [
    'WasmEdge 2',
    [
      [p1, 'sock_open', 3],
      [p1, 'sock_recv_from', 8],
    ],
    [['WasmEdge sockets 2']],
  ],
  ['what both have', [[p1, 'sock_open', 3]], [['WasmEdge sockets 2', 'WasmEdge sockets 1']]],
  [
    'a mixture',
    [
      [p1, 'sock_accept', 2],
      [p1, 'sock_recv_from', 8],
    ],
    [['WasmEdge sockets 2'], ['WasmEdge sockets 1']],
  ],
  [
    'WAMR',
    [
      [p1, 'sock_open', 4],
      [p1, 'sock_addr_resolve', 6],
    ],
    [['WAMR sockets']],
  ],
  [
    'WASIX',
    [
      ['wasix_32v1', 'sock_open', 4],
      [p1, 'sock_recv', 6],
    ],
    [['WASI preview 1'], ['WASIX']],
  ],
  [
    'the replicated server',
    [
      [p1, 'sock_open', 4],
      [p1, 'sock_connect', 3],
    ],
    [['replicated server']],
  ],
  ['what only running tells', [[p1, 'sock_open', 4]], [['WAMR sockets', 'replicated server']]],
]

test.each(spoken)('%s is told by its imports', async (_, imports, dialects) => {
  const inspection = await inspectModule(importing(...imports))
  expect(inspection.dialects).toEqual(dialects)
  expect(inspection.isComplete).toBe(true)
  expect(inspection.functions).toEqual(['_start'])
})

describe('an import', () => {
  const only = async (...given: Import) =>
    (await inspectModule(importing(given))).imports[0] as Inspection['imports'][0]

  test('of preview 1 has its type and its dialects', async () => {
    expect(await only(p1, 'sock_shutdown', 2)).toEqual({
      module: p1,
      name: 'sock_shutdown',
      kind: 'function',
      type: '(i32, i32) -> i32',
      provided: 'yes',
      dialects: ['WASI preview 1'],
    })
  })

  test('that two of its dialects mean differently has the rule that tells them apart', async () => {
    expect(await only(p1, 'sock_open', 4)).toMatchObject({
      dialects: ['WAMR sockets', 'replicated server'],
      toldBy: 'replicated server: sock_open whose first argument is 1 or 2 (-1 in WAMR), and calls on what it opened',
    })
  })

  test('of a form that nobody knows is missing, and those that are known are named', async () => {
    const { provided, reason } = await only(p1, 'sock_accept', 5)
    expect(provided).toBe('no')
    expect(reason).toContain('(i32, i32, i32) in WASI preview 1')
    expect(reason).toContain('(i32, i32) in WasmEdge sockets 1')
  })

  test("of a name that every object has is nobody's", async () => {
    expect(await only(p1, 'constructor', 1)).toMatchObject({ provided: 'no' })
    expect(await only('posix_sockets', 'toString', 0)).toMatchObject({ provided: 'no' })
  })

  test('of posix_sockets may have other parameters, as when it is run', async () => {
    expect(await only('posix_sockets', 'fcntl', 2)).toMatchObject({ provided: 'yes' })
    expect(await only('wasi_unstable', 'fd_close', 3)).toMatchObject({ provided: 'no' })
  })

  test('of nobody is missing', async () => {
    expect(await only('env', 'frobnicate', 1)).toMatchObject({
      provided: 'no',
      reason: expect.stringContaining('imports'),
    })
  })

  test('of WASIX that is not provided answers ENOSYS', async () => {
    expect(await only('wasix_32v1', 'proc_fork', 2)).toMatchObject({ provided: 'ENOSYS' })
  })

  test('may declare a long as 32 bits wide', async () => {
    expect(await only(p1, 'path_open', 9)).toMatchObject({ provided: 'yes' })
  })
})

describe('a module that is compiled already', () => {
  test('is told by its names alone', async () => {
    const module = await WebAssembly.compile(importing([p1, 'sock_open', 9], ['env', 'x', 0]))
    const { imports } = await inspectModule(module)
    expect(imports.map(({ name, provided, type }) => [name, provided, type])).toEqual([
      ['sock_open', 'yes', undefined],
      ['x', 'no', undefined],
    ])
  })
})

describe('the command', () => {
  test('prints what is provided, and exits with 0', async () => {
    const { code, stdout, stderr } = await command(['inspect', guestFile('echo_server')])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^echo_server\.wasm: a program \(_start\)\nspeaks {4}WASI preview 1, posix_sockets\n/)
    expect(stdout).toMatch(/^provided {2}posix_sockets\.accept4 +\(i32, i32, i32, i32\) -> i32 +posix_sockets$/m)
  })

  test('prints the same for programs', async () => {
    const { stdout } = await command(['inspect', '--json', guestFile('echo_server')])
    expect(JSON.parse(stdout)).toEqual(await inspectModule(guestFile('echo_server')))
  })

  test('shows names without what moves a cursor', async () => {
    writeFileSync(file('forged.wasm'), importing(['env', '\x1b[2Jgone\nprovided', 1]))
    const { stdout } = await command(['inspect', file('forged.wasm')])
    expect(stdout).toContain('env.\\u{1b}[2Jgone\\u{a}provided')
    expect((await command([file('forged.wasm')])).stderr).toContain('env.\\u{1b}[2Jgone\\u{a}provided')
  })

  test('says what is missing, and exits as a run would', async () => {
    writeFileSync(file('own.wasm'), importing(['env', 'own', 2]))
    const { code, stdout } = await command(['inspect', file('own.wasm')])
    expect(code).toBe((await command([file('own.wasm')])).code)
    expect(stdout).toMatch(/^missing {2}env\.own {2}\(i32, i32\) -> i32 {2}nobody has it; give what/m)
  })

  test.each([
    ['a file that is not there', 'none.wasm', /^posix-wasm: cannot read .*: there is no such file\n$/],
    ['a file that is no module', 'text.wasm', /^posix-wasm: .* is not a WebAssembly module: .*\n$/],
    ['half a module', 'half.wasm', /^posix-wasm: .* is not a WebAssembly module: .*\n$/],
  ])('says in one line what is wrong with %s', async (_, name, message) => {
    writeFileSync(file('text.wasm'), 'text')
    writeFileSync(file('half.wasm'), importing([p1, 'fd_close', 1]).subarray(0, 30))
    const { code, stdout, stderr } = await command(['inspect', file(name)])
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
  })
})

describe('a guest that declares a function as nobody knows it', () => {
  test('is refused at the start, by its name', async () => {
    const strange = importing([p1, 'sock_accept', 5], [p1, 'fd_close', 1])
    const refusal = expect(instantiateWithSockets(strange)).rejects
    await refusal.toThrow(ModuleError)
    await expect(instantiateWithSockets(strange)).rejects.toThrow(
      `${p1}.sock_accept with parameters that no dialect knows`,
    )
  })

  test('may bring it along', async () => {
    const imports = { [p1]: { sock_accept: () => 0 } }
    const { start } = await instantiateWithSockets(importing([p1, 'sock_accept', 5]), { imports })
    expect(await start()).toBe(0)
  })

  test('is told ENOSYS where its types cannot be read, and a person once', async () => {
    const notices: string[] = []
    const body = tinyGuest(
      [
        [p1, 'sock_accept', 5],
        [p1, 'proc_exit', 1, false],
      ],
      (call) => {
        const none = [0x41, 0]
        const accept = call('sock_accept', none, none, none, none, none)
        return [accept, [0x1a], call('proc_exit', accept)]
      },
    )
    const { start } = await instantiateWithSockets(await WebAssembly.compile(body), {
      notice: (text) => notices.push(text),
    })
    expect(await start()).toBe(52)
    expect(notices).toEqual(['sock_accept with 5 parameters is not provided; it answers ENOSYS'])
  })
})
