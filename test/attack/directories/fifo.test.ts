import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runWithSockets, startWithSockets } from '../../../src/host.js'
import { describeAttacks } from '../../support/attack.js'
import { compileFrom } from '../../support/wasi-programs.js'
import { Outside, outputOf } from './outside.js'

/* A FIFO in a directory that a guest is given: it waits as on Linux, and a time-out, an abort and the end of the process reach it. */
const place = new Outside('fifo')
const binary = place.at('fifo-native')
let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['fifo']))['fifo'] as string
  execFileSync('gcc', ['-O1', '-o', binary, path.resolve('test/attack/guests/fifo.c')])
}, 120_000)
afterAll(() => place.remove())

function layFifo(): string {
  const data = place.lay()
  execFileSync('mkfifo', [path.join(data, 'fifo')])
  return data
}

/** What a program of this machine prints to the FIFO, or reads from it. */
async function other(data: string, ...args: string[]): Promise<string> {
  const child = spawn(binary, [path.join(data, 'fifo'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (bytes) => {
    output += bytes
  })
  await once(child, 'close')
  return output
}

describeAttacks('directories', (mode) => {
  const waits = [['read'], ['write']] as const
  const options = (data: string, args: readonly string[]) => ({
    mode,
    dirs: { '/data': data },
    args: ['/data/fifo', ...args],
    stdin: 'ignore' as const,
    stdout: 'ignore' as const,
  })

  describe('a guest that opens a FIFO without its other end', () => {
    test.each(waits)('is stopped by timeoutMs, to %s', async (how) => {
      const run = runWithSockets(guest, { ...options(layFifo(), [how]), timeoutMs: 300 })
      await expect(run).rejects.toMatchObject({ name: 'GuestTimeout' })
    })

    test.each(waits)('is stopped by an AbortSignal, to %s', async (how) => {
      const controller = new AbortController()
      const run = runWithSockets(guest, { ...options(layFifo(), [how]), signal: controller.signal, timeoutMs: 30_000 })
      await setTimeout(200)
      controller.abort(new Error('enough'))
      await expect(run).rejects.toThrow('enough')
    })

    test.each(waits)('is stopped by stop, to %s', async (how) => {
      const running = await startWithSockets(guest, { ...options(layFifo(), [how]), timeoutMs: 30_000 })
      await setTimeout(200)
      await running.stop()
      await expect(running.exitCode).rejects.toThrow()
    })

    test.each(waits)('does not keep the process from exiting, to %s', (how) => {
      const data = layFifo()
      const code = `
        const { startWithSockets } = await import(${JSON.stringify(path.resolve('dist/index.js'))})
        const given = ${JSON.stringify(options(data, [how]))}
        const running = await startWithSockets(${JSON.stringify(guest)}, given)
        running.exitCode.catch(() => {})
        setTimeout(() => process.exit(7), 300)`
      const run = () => execFileSync(process.execPath, ['--input-type=module', '-e', code], { timeout: 20_000 })
      expect(run).toThrow(expect.objectContaining({ status: 7 }))
    })

    test.each([...waits, ['both']] as const)('with O_NONBLOCK gets what Linux says, to %s', async (how) => {
      const data = layFifo()
      const native = await other(data, how, 'nonblock')
      expect(await outputOf(guest, options(data, [how, 'nonblock']))).toBe(native)
    })
  })

  describe('a FIFO between a guest and another process', () => {
    test('is read whole by the guest, which opened it first', async () => {
      const data = layFifo()
      const reading = outputOf(guest, options(data, ['read']))
      expect(await other(data, 'write')).toBe('opened\nwrote 300000\n')
      expect(await reading).toBe('opened\nbegins xxxxx\nread 300000\n')
    })

    test('is written whole by the guest', async () => {
      const data = layFifo()
      const writing = outputOf(guest, options(data, ['write']))
      expect(await other(data, 'read')).toBe('opened\nbegins xxxxx\nread 300000\n')
      expect(await writing).toBe('opened\nwrote 300000\n')
    })

    test('tells a guest that writes how much it wrote when its reader goes', async () => {
      const data = layFifo()
      const writing = outputOf(guest, options(data, ['write']))
      const reader = fs.openSync(path.join(data, 'fifo'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
      const into = Buffer.alloc(10)
      for (let n = 0; n === 0; ) {
        await setTimeout(2)
        try {
          n = fs.readSync(reader, into)
        } catch {
          n = 0 // nothing yet
        }
      }
      fs.closeSync(reader)
      expect(await writing).toBe('opened\nwrote 65536\n')
    })

    test('that is replaced while the guest waits for a reader is still the same one', async () => {
      const data = layFifo()
      const writing = outputOf(guest, options(data, ['write']))
      await setTimeout(200)
      fs.renameSync(path.join(data, 'fifo'), path.join(data, 'moved'))
      fs.symlinkSync('../outside/secret', path.join(data, 'fifo'))
      const reading = other(data, 'read')
      await reading
      fs.unlinkSync(path.join(data, 'fifo'))
      fs.renameSync(path.join(data, 'moved'), path.join(data, 'fifo'))
      expect(await other(data, 'read')).toBe('opened\nbegins xxxxx\nread 300000\n')
      expect(await writing).toBe('opened\nwrote 300000\n')
      expect(place.differences()).toEqual([])
    })
  })
})
