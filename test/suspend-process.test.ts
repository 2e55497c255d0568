import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type CallEvent, runWithSockets } from '../src/index.js'
import { CommandRun, command, guestFile } from './support/command.js'
import { receivingGuest } from './support/receiving-guest.js'
import { lack, mode, quiet, receiving, setTheScene, turns, written } from './support/suspended.js'
import { spinner } from './support/tiny-wasm.js'

const fileAt = setTheScene()

describe.skipIf(lack !== undefined)('the command', () => {
  test('hears of a signal while its guest waits', async () => {
    const run = new CommandRun(['--mode', mode, '--stats', guestFile('echo_server'), '--host', '127.0.0.1', '0'])
    await run.printed(/\d+/)
    run.child.kill('SIGINT')
    const { code, stderr } = await run.finished()
    expect(code).toBe(128 + 2)
    expect(stderr).toMatch(/sockets +\d+ opened/)
  })

  describe('with one processor, and no calls of the system', () => {
    const machine = `import os from 'node:os'
      os.availableParallelism = () => 1
      Object.defineProperty(process, 'arch', { value: 'none' })`
    beforeAll(() => {
      vi.stubEnv('NODE_OPTIONS', `--import data:text/javascript,${encodeURIComponent(machine)}`)
      vi.stubEnv('POSIX_WASM_MODE', 'auto')
    })
    afterAll(() => vi.unstubAllEnvs())

    test('suspends its guest by itself', async () => {
      expect((await command(['--version', '-v'])).stdout).toMatch(/suspend +is taken: there is one processor/)
    })

    test.each([
      ['--stats', /sockets +\d+ opened/],
      ['--trace=summary', /calls/],
      ['--record', /^$/],
    ])('does not with %s: a signal ends one that computes', { timeout: 10_000 }, async (option, said) => {
      const file = option === '--record' ? [fileAt('signal.rec')] : []
      const run = new CommandRun([option, ...file, written(fileAt('spinner.wasm'), spinner())])
      onTestFinished(() => void run.child.kill('SIGKILL'))
      await run.printed(/a/)
      run.child.kill('SIGTERM')
      const { code, stderr } = await run.finished()
      expect(code).toBe(128 + 15)
      expect(stderr).toMatch(said)
    })
  })
})

describe.skipIf(lack !== undefined)('the event loop', () => {
  const dist = fileURLToPath(new URL('../dist/index.js', import.meta.url))
  /** Runs a script that has `guest`, the receiving one with a pipe that nobody writes to. */
  function script(text: string) {
    const child = spawn(process.execPath, [
      '--input-type=module',
      '--eval',
      `import { instantiateWithSockets } from ${JSON.stringify(dist)}
       import { Duplex } from 'node:stream'
       const connections = [new Duplex({ read() {}, write() {} })]
       const guest = await instantiateWithSockets(${JSON.stringify(written(fileAt('receivingGuest.wasm'), receivingGuest()))}, { mode: 'suspend', connections })
       ${text}`,
    ])
    child.stderr.pipe(process.stderr)
    return child
  }

  test('does not live for a guest that does not wait', async () => {
    const [code] = await once(script(''), 'exit')
    expect(code).toBe(0)
  })

  test('lives for one that waits', async () => {
    const child = script(`
      guest.exports.receive(3, 0, 1, 0).then(() => console.log('received'))
      process.once('beforeExit', () => console.log('no loop'))
      setTimeout(() => connections[0].push('x'), 200).unref()`)
    let output = ''
    child.stdout.on('data', (piece) => {
      output += piece
    })
    await once(child, 'close')
    expect(output).toBe('received\nno loop\n')
  })

  test('200 guests leave nothing in it', async () => {
    const count = () => {
      const all = process.getActiveResourcesInfo()
      return Object.fromEntries(all.map((name) => [name, all.filter((other) => other === name).length]))
    }
    const before = count()
    for (let round = 0; round < 20; round++)
      await Promise.all(Array.from({ length: 10 }, () => runWithSockets(guestFile('echo'), quiet)))
    await turns()
    const more = Object.entries(count()).filter(([name, now]) => now > (before[name] ?? 0))
    expect(more).toEqual([])
  })
})

describe.skipIf(lack !== undefined)('a recording', () => {
  /** What a guest does, with or without a recording. */
  async function calls(options: Parameters<typeof runWithSockets>[1]) {
    const events: CallEvent[] = []
    let output = ''
    const code = await runWithSockets(guestFile('transfer'), {
      stderr: 'ignore',
      stdout: (bytes) => {
        output += Buffer.from(bytes)
      },
      trace: (event) => void events.push(event),
      ...options,
    })
    return { code, output, calls: events.map(({ call, arguments: args, outcome }) => [call, args, outcome]) }
  }

  test.each([
    [mode, 'worker'],
    [mode, mode],
    ['worker', mode],
  ] as const)('that is made in the mode %s is replayed in the mode %s', async (recorded, replayed) => {
    const file = fileAt(`${recorded}-${replayed}.rec`)
    const live = await calls({ mode: recorded, record: file })
    expect(await calls({ mode: replayed, replay: file })).toEqual(live)
  })

  test('of calls that overlap is refused', async () => {
    const { receive, peers, close } = await receiving(2, { record: fileAt('overlap.rec') })
    const first = receive(3, 100, 10, 0)
    await expect(receive(4, 200, 10, 0)).rejects.toThrow('one call at a time')
    peers[0].write('still fine')
    expect(await first).toBe(10)
    await close()
  })
})
