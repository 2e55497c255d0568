import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { GuestTimeout, instantiateWithSockets, runWithSockets, startWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-loading-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A file that never comes to its end, as one does that takes for ever to load. */
function endless(name: string): { readonly file: string; end(): void } {
  const file = path.join(folder, name)
  execFileSync('mkfifo', [file])
  return {
    file,
    /** Its reader comes to the end, and one that has yet to open it finds an empty file. */
    end: () => {
      const writer = fs.openSync(file, fs.constants.O_RDWR)
      fs.writeFileSync(`${file}.empty`, '')
      fs.renameSync(`${file}.empty`, file)
      fs.closeSync(writer)
    },
  }
}

describeAttacks('modules', (mode) => {
  const options = { mode, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
  const ways = {
    run: (file: string, more: object) => runWithSockets(file, { ...options, ...more }),
    start: (file: string, more: object) => startWithSockets(file, { ...options, ...more }),
    instantiate: (file: string, more: object) => instantiateWithSockets(file, { ...options, ...more }),
  }

  test.each(Object.entries(ways))('%s: the time-out holds while a module is loaded', async (way, load) => {
    const { file, end } = endless(`${mode}-${way}-timeout`)
    await expect(load(file, { timeoutMs: 50 })).rejects.toThrow(new GuestTimeout(50))
    end()
  })

  test.each(Object.entries(ways))('%s: a signal stops it', async (way, load) => {
    const { file, end } = endless(`${mode}-${way}-signal`)
    const stop = new AbortController()
    const loading = load(file, { signal: stop.signal })
    const reason = new Error('stopped')
    stop.abort(reason)
    await expect(loading).rejects.toBe(reason)
    end()
  })

  test('the time for loading is part of the time of a guest', async () => {
    const file = path.join(folder, `${mode}-late.wasm`)
    execFileSync('mkfifo', [file])
    const running = runWithSockets(file, { ...options, timeoutMs: 20_000 })
    const spinner = Uint8Array.from([
      ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 10, 1, 6],
      ...Buffer.from('_start'),
      ...[0, 0, 10, 4, 1, 2, 0, 0x0b],
    ])
    await fs.promises.writeFile(file, spinner)
    expect(await running).toBe(0)
  })
})
