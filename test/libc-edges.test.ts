import { beforeAll, expect, test } from 'vitest'
import { GuestTrap, type RunOptions, runWithSockets } from '../src/index.js'
import { describeModes } from './support/modes.js'
import { compileFrom } from './support/wasi-programs.js'

/* What a program of one thread, in WebAssembly, cannot do as a native one: it ends, and says why. And what needs an option. */
let programs: Record<string, string> = {}
beforeAll(async () => {
  programs = await compileFrom('test/libc', ['wait_in_vain', 'select_high'])
})

describeModes('a guest', (mode) => {
  const run = async (name: string, options: RunOptions = {}) => {
    const written = { stdout: '', stderr: '' }
    const taking = (to: 'stdout' | 'stderr') => (bytes: Uint8Array) => {
      written[to] += Buffer.from(bytes).toString()
    }
    const ended = await runWithSockets(programs[name] as string, {
      mode,
      timeoutMs: 50_000,
      ...options,
      stdout: taking('stdout'),
      stderr: taking('stderr'),
    }).catch((error: unknown) => error)
    return { ended, ...written }
  }

  test.each([
    ['condition', 'pthread_cond_wait'],
    ['barrier', 'pthread_barrier_wait'],
  ])('that waits for another thread at a %s is told so', async (what, call) => {
    const { ended, stderr } = await run('wait_in_vain', { args: [what] })
    expect(ended).toBeInstanceOf(GuestTrap)
    expect(stderr).toBe(`${call}: this program has one thread, and waits for another\n`)
  })

  test('that locks a mutex twice has EDEADLK where nothing could ever unlock it', async () => {
    expect(await run('wait_in_vain', { args: ['mutex'] })).toEqual({ ended: 0, stdout: '', stderr: '' })
  })

  test('selects among descriptors beyond 1024', async () => {
    const { ended, stdout } = await run('select_high', { descriptors: 4096 })
    expect({ ended, stdout }).toEqual({ ended: 0, stdout: '1 0 1\n2 1 1\n0\n' })
  })
})
