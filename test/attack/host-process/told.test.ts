import { Readable, Writable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import { instantiateWithSockets, type RunOptions, runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* What a guest is told of streams of its host's that fail, and that it is stopped if it makes nothing of that. */

const failure = new Error('the disk is full')
const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })

/** A Readable that gives four bytes, and then fails or is closed. */
const failing = (error?: Error) => {
  let hasGiven = false
  return new Readable({
    read() {
      if (!hasGiven) this.push('some')
      else this.destroy(error)
      hasGiven = true
    },
  })
}
const taking = (error: Error) => new Writable({ write: (_chunk, _encoding, done) => done(error) })

let guest = ''
beforeAll(async () => {
  guest = (await compileFrom('test/attack/guests', ['stream_ends']))['stream_ends'] as string
}, 120_000)

describeAttacks('host process', (mode) => {
  /** Runs the guest; returns what it has said, and what its run came to. */
  async function said(
    options: RunOptions,
    run = runWithSockets as (guest: string, options: RunOptions) => Promise<number>,
  ) {
    let text = ''
    const stderr = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString()
    }
    const outcome = await run(guest, { mode, stdin: 'ignore', stdout: 'ignore', stderr, ...options }).catch(
      (error) => error,
    )
    return { text, outcome }
  }

  test.each<[string, Error | undefined, string, string]>([
    ['fails', failure, 'read 4, then I/O error\n', 'the disk is full'],
    ['fails with an errno', full, 'read 4, then No space left on device\n', 'no space'],
    ['is closed', undefined, 'read 4, then I/O error\n', 'stdin was closed before its end'],
  ])('an input that %s is an errno, and the reason why the run rejects', async (_, error, expected, reason) => {
    const { text, outcome } = await said({ stdin: failing(error) })
    expect(text).toBe(expected)
    expect(outcome).toMatchObject({ message: reason })
    if (error !== undefined) expect(outcome).toBe(error)
  })

  test.each<[string, Error, string]>([
    ['fails', failure, 'read 0, then end\nwrite: I/O error\n'],
    ['fails with an errno', full, 'read 0, then end\nwrite: No space left on device\n'],
  ])('an output that %s is an errno, and the reason why the run rejects', async (_, error, expected) => {
    expect(await said({ stdout: taking(error) })).toEqual({ text: expected, outcome: error })
  })

  test('on this thread too', async () => {
    const here = async (path: string, options: object) => (await instantiateWithSockets(path, options)).start()
    const stdout = new Writable({
      write() {
        throw failure
      },
    })
    expect(await said({ stdout }, here)).toEqual({ text: 'read 0, then end\nwrite: I/O error\n', outcome: failure })
  })

  test('a guest that makes nothing of it is stopped', async () => {
    expect((await said({ stdout: taking(failure), args: ['forever'] })).outcome).toBe(failure)
  })

  test('an output that is closed without an error is EPIPE, and no reason to reject', async () => {
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done() })
    stdout.destroy()
    expect(await said({ stdout })).toEqual({ text: 'read 0, then end\nwrite: Broken pipe\n', outcome: 3 })
  })
})
