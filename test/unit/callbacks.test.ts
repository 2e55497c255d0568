import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunOptions, runWithSockets } from '../../src/host.js'
import { guestFile } from '../support/command.js'
import { copier } from '../support/tiny-wasm.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const mistake = new Error('a mistake in a function of the host')
const fail = () => {
  throw mistake
}
const quiet = { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' } as const
const nothing = { network: { allow: [] } }

describe('a function of the host that throws stops the guest, and its error is that of the run', () => {
  test.each<[string, RunOptions]>([
    ['trace', { trace: fail }],
    ['trace, as a promise', { trace: async () => fail() }],
    ['onListen', { onListen: fail }],
    ['onFigures', { onFigures: fail }],
    ['onFigures, every so often', { onFigures: fail, figuresEveryMs: 1 }],
    ['onSocketEvent', { onSocketEvent: fail }],
    ['onRefusal', { ...nothing, onRefusal: fail }],
    ['notice', { ...nothing, notice: fail }],
    ['stdout', { stdout: fail }],
  ])('%s', async (_, options) => {
    await expect(runWithSockets(guestFile('echo'), { ...quiet, ...options })).rejects.toBe(mistake)
  })

  test('stderr', async () => {
    await expect(runWithSockets(copier(), { ...quiet, stderr: fail })).rejects.toBe(mistake)
  })

  test('of several that throw, the first', async () => {
    const trace = ({ call }: { call: string }) => {
      throw new Error(`in ${call}`)
    }
    await expect(runWithSockets(guestFile('echo'), { ...quiet, trace })).rejects.toThrow('in socket')
  })

  test('in a replay, too', async () => {
    const record = path.join(folder, 'session.rec')
    await runWithSockets(guestFile('echo'), { ...quiet, record })
    await expect(runWithSockets(guestFile('echo'), { ...quiet, replay: record, stdout: fail })).rejects.toBe(mistake)
  })

  test('leaves a recording that ends so', async () => {
    const record = path.join(folder, 'session.rec')
    await expect(runWithSockets(guestFile('echo'), { ...quiet, record, trace: fail })).rejects.toBe(mistake)
    await expect(runWithSockets(guestFile('echo'), { ...quiet, replay: record })).rejects.toThrow(mistake.message)
  })
})
