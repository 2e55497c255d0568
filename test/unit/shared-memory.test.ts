import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatCall } from '../../src/abi/trace.js'
import { type InstantiateOptions, instantiateWithSockets } from '../../src/host.js'

/*
 * A memory that is imported and shared, as WASIX's programs have. Not every function of JavaScript's takes such a one, and it is another
 * one after it has grown.
 */
const root = fileURLToPath(new URL('../..', import.meta.url))
const SHARED = ['-Wl,--import-memory,--shared-memory,--max-memory=67108864', '-Wl,--no-check-features']

let folder = ''
beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  await Promise.all([compile('memory'), compile('wasix', '-I', 'test/guests/dialects')])
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const built = (name: string) => path.join(folder, `${name}.wasm`)

async function compile(name: string, ...flags: string[]): Promise<void> {
  const args = ['dist/cli.js', 'cc', ...flags, ...SHARED, `test/guests/shared/${name}.c`, '-o', built(name)]
  await promisify(execFile)(process.execPath, args, { cwd: root })
}

/** What a guest prints, but for what is as it should be. */
async function complaintsOf(name: string, options: InstantiateOptions) {
  const printed: string[] = []
  const stdout = (bytes: Uint8Array) => void printed.push(Buffer.from(bytes).toString())
  const { module, start } = await instantiateWithSockets(built(name), { ...options, stdout })
  expect(WebAssembly.Module.imports(module)).toContainEqual({ module: 'env', name: 'memory', kind: 'memory' })
  const code = await start()
  const lines = printed.join('').trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(20)
  return { code, complaints: lines.filter((line) => !line.endsWith(': yes')) }
}

const given = { args: ['grüße'], env: { SHARED: 'wörter' }, stdin: 'typed\n' }

describe('a guest whose memory is shared', () => {
  test('finds everything as it should be, with files in memory and a trace', async () => {
    const calls: string[] = []
    const trace: InstantiateOptions['trace'] = (event) => void calls.push(formatCall(event))
    expect(await complaintsOf('memory', { ...given, trace })).toEqual({ code: 0, complaints: [] })
    expect(calls.join('\n')).toContain('"over tcp"')
  })

  test('finds everything as it should be, with files of the host', async () => {
    expect(await complaintsOf('memory', { ...given, dirs: { '/': folder } })).toEqual({ code: 0, complaints: [] })
  })

  test('reads and writes the standard descriptors of the process', () => {
    const args = ['dist/cli.js', '--env', 'SHARED=wörter', built('memory'), 'grüße']
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, input: 'typed\n', encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toContain('input: yes\n')
    expect(stdout).not.toContain(': no\n')
  })

  test('finds everything that WASIX has for it', async () => {
    const notices: string[] = []
    const notice = (text: string) => void notices.push(text)
    expect(await complaintsOf('wasix', { notice })).toEqual({ code: 7, complaints: [] })
    expect(notices).toEqual([expect.stringContaining('thread_spawn_v2')])
  })
})
