import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built, freePort, isBuilt, Program, run } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
const has = (program: string) => spawnSync(program, ['--version']).error === undefined

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isBuilt('hiredis') && (has('redis-server') || console.log('skipped: there is no redis-server')))(
  'hiredis',
  () => {
    // They give the server 10 ms for some answers, and a busy machine may need more.
    test('its own tests pass against a Redis server, over TCP and a local socket', { retry: 2 }, async () => {
      const port = String(await freePort())
      const local = path.join(folder, 'redis.sock')
      const options = ['--bind', '127.0.0.1', '--save', '', '--enable-debug-command', 'local', '--dir', folder]
      const server = new Program('redis-server', ['--port', port, '--unixsocket', local, ...options])
      await server.says('Ready to accept connections')
      const { code, said } = await run(built('hiredis', 'hiredis-test'), ['-h', '127.0.0.1', '-p', port, '-s', local])
      expect(said).not.toContain('FAILED')
      expect(said).toContain('Testing against inherited fd')
      expect(said).toMatch(/ALL TESTS PASSED\n$/)
      expect(code).toBe(0)
    })
  },
)
