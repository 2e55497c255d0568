import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SocketShim } from '../src/socket-shim.js'
import { guestFile } from './support/command.js'

/* A SocketShim with a WASI of the caller's, Node's here: one table of descriptors for both. */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-wrap-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe("a guest over Node's WASI, wrapped", () => {
  test.each(['files_and_sockets', 'socketpair', 'pipe', 'dup2', 'echo'])(
    '%s prints what it prints natively',
    (name) => {
      const script = fileURLToPath(new URL('support/wrapped-guest.mjs', import.meta.url))
      const printed = execFileSync(process.execPath, ['--no-warnings', script, guestFile(name), folder], {
        encoding: 'utf8',
        timeout: 50_000,
      })
      expect(printed).toBe(readFileSync(new URL(`guests/expected/${name}.txt`, import.meta.url), 'utf8'))
      expect(readdirSync(folder)).toEqual([])
    },
  )
})

test('an import object without WASI is refused', () => {
  const sockets = new SocketShim({ network: () => undefined as never })
  expect(() => sockets.wrap({ env: {} })).toThrow('wrap() needs an import object with wasi_snapshot_preview1')
})
