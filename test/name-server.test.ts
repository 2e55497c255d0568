import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunOptions, runWithSockets } from '../src/host.js'
import { dnsServer } from './support/dns-server.js'
import { describeModes } from './support/modes.js'
import { compileFrom } from './support/wasi-programs.js'

/* res_query and res_search of the libc layer, against a name server of our own; natively they print the same. */
const hasCompiler = spawnSync('cc', ['--version']).status === 0
const longText = 'x'.repeat(200)
const zone = {
  'a.test': { 1: ['192.0.2.1', '192.0.2.2'], 16: ['some text'] },
  'host.inner.test': { 1: ['192.0.2.7'] },
  'large.test': { 16: [longText, longText, longText] },
}

let folder = ''
let program = ''
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  program = (await compileFrom('test/libc', ['name_server']))['name_server'] as string
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const answers = `a.test type 1: 2 records
  192.0.2.1
  192.0.2.2
a.test type 16: 1 records
  some text
a.test type 15: NO_DATA
none.test type 1: HOST_NOT_FOUND
large.test type 16: 3 records
  ${longText}
  ${longText}
host type 1: 1 records
  192.0.2.7
a.test type 1: 2 records
  192.0.2.1
  192.0.2.2
nothing type 1: HOST_NOT_FOUND
`
const asked = [
  ...['udp a.test', 'udp a.test', 'udp a.test', 'udp none.test', 'udp large.test', 'tcp large.test'],
  ...['udp host.inner.test', 'udp a.test', 'udp nothing.inner.test', 'udp nothing'],
]

async function printed(options: RunOptions): Promise<string> {
  let output = ''
  const stdout = (bytes: Uint8Array) => {
    output += Buffer.from(bytes).toString()
  }
  expect(await runWithSockets(program, { ...options, stdin: 'ignore', stdout, timeoutMs: 50_000 })).toBe(0)
  return output
}

test.runIf(hasCompiler)('natively', async () => {
  const server = await dnsServer(zone)
  const native = path.join(folder, 'name_server')
  execFileSync('cc', ['-w', '-o', native, 'test/libc/name_server.c', '-lresolv'])
  const { stdout } = await promisify(execFile)(native, [String(server.port)])
  server.close()
  expect(stdout).toBe(answers)
  expect(server.asked).toEqual(asked)
})

describeModes('a guest', (mode) => {
  test('asks as a native program does', async () => {
    const server = await dnsServer(zone)
    expect(await printed({ mode, args: [String(server.port)] })).toBe(answers)
    server.close()
    expect(server.asked).toEqual(asked)
  })

  test('knows what the resolv.conf says that it is given', async () => {
    const lines = [
      '# a comment',
      'nameserver 192.0.2.53',
      'nameserver fd00::53',
      'search a.test b.test',
      'domain c.test',
    ]
    const more = ['nameserver\t192.0.2.54', 'options ndots:3 timeout:2 attempts:4 rotate unknown:1', 'sortlist 10/8']
    writeFileSync(path.join(folder, 'resolv.conf'), [...lines, ...more, ''].join('\n'))
    expect(await printed({ mode, dirs: { '/etc': folder } })).toBe(
      'server 192.0.2.53\nserver 192.0.2.54\nsearch c.test\nndots 3, timeout 2, attempts 4, rotate 1\n',
    )
  })

  test('knows of no server without one', async () => {
    expect(await printed({ mode })).toBe('ndots 1, timeout 5, attempts 2, rotate 0\n')
  })
})
