import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built, freePort, isBuilt, Program, run } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isBuilt('libevent'))('libevent', () => {
  const others = {
    select: { EVENT_NOEPOLL: '1', EVENT_NOPOLL: '1' },
    poll: { EVENT_NOEPOLL: '1' },
    epoll: {},
  }
  /** What needs `fork`, or changes the environment or the limits for those after it. */
  const left = [':main/fork', ':main/base_environ', ':listener/error_unlock']
  const groups = ['main', 'evbuffer', 'rpc', 'signal', 'listener', 'evtag', 'heap']
  const rows = Object.entries(others).flatMap(([backend, env]) => groups.map((group) => ({ group, backend, env })))

  // Some of them want timers to be right to 50 ms, which a busy machine may not be.
  test.each(rows)('its regression tests pass: $group with $backend', { retry: 2 }, async ({ group, env }) => {
    const { code, said } = await run(built('libevent', 'test/regress'), ['--no-fork', `${group}/..`, ...left], { env })
    expect(said).not.toContain('FAILED')
    expect(said).toMatch(/\d+ tests ok/)
    expect(code).toBe(0)
  })

  test('its regression test listener/error_unlock passes, which lowers RLIMIT_NOFILE', async () => {
    const { said } = await run(built('libevent', 'test/regress'), ['--no-fork', 'listener/error_unlock'], {})
    expect(said).toContain('1 tests ok')
  })

  test.each(Object.entries(others))('it uses %s when told so', async (backend, env) => {
    const options = { env: { ...env, EVENT_SHOW_METHOD: '1' } }
    const { said } = await run(built('libevent', 'test/regress'), ['--no-fork', 'main/simpleread'], options)
    expect(said).toContain(`libevent using: ${backend}`)
  })

  test.each(Object.entries(others))('its HTTP server answers clients of Node with %s', async (_, env) => {
    writeFileSync(path.join(folder, 'page.txt'), 'a page of the host\n')
    const port = await freePort()
    const server = new Program(built('libevent', 'sample/http-server'), ['-p', String(port), folder], { env })
    await server.says('Listening on')
    const address = `http://127.0.0.1:${port}`
    const pages = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(`${address}/page.txt`)).text()))
    expect(new Set(pages)).toEqual(new Set(['a page of the host\n']))
    const dump = await fetch(`${address}/dump`, { method: 'POST', body: 'from Node' })
    expect(dump.status).toBe(200)
    await server.says('from Node')
  })
})
