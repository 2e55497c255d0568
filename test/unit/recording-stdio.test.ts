import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AGAIN, type Network } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { runBlocking } from '../../src/posix-sockets/blocking.js'
import { ReplayDiverged } from '../../src/recording/errors.js'
import { startRecording } from '../../src/recording/recorder.js'
import { openReplay } from '../../src/recording/replay.js'
import { fromBytes, overNetwork, type Stdio, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { receives } from '../support/pokes.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const nothing = toFunction(() => {})
type Use = (all: readonly [Stdio, Stdio, Stdio], network: Network) => unknown

/** Uses standard descriptors, and then their recording; answers what came of both, and what was written in the replay. */
function twice(all: readonly [Stdio, Stdio, Stdio], network: Network, [use, again = use]: readonly [Use, Use?]) {
  const file = path.join(folder, 'stdio.rec')
  const recorder = startRecording(file, { module: '', args: [], env: {}, options: {} }, fakeWorld())
  const then = use(recorder.stdio(all), recorder.network(network))
  recorder.end({ code: 0 })
  const replay = openReplay(file)
  const written: string[] = []
  const now = again(
    replay.stdio((fd, bytes) => void written.push(`${fd}: ${Buffer.from(bytes)}`)),
    replay.network,
  )
  replay.finish({ code: 0 })
  return { then, now, written }
}

/** Reads up to so many bytes, as text. */
function read(stdio: Stdio, network: Network, most: number): string {
  const into = new Uint8Array(most)
  const count = runBlocking(stdio.read(into), network)
  return Buffer.from(into.subarray(0, count)).toString()
}
const write = (stdio: Stdio, network: Network, text: string) => runBlocking(stdio.write(Buffer.from(text)), network)
const { network: none } = fakeNetwork({})

test('input comes from the recording, and ends as it did', () => {
  const use: Use = ([input], network) => [4, 100, 100].map((most) => read(input, network, most))
  const { then, now } = twice([fromBytes(Buffer.from('some input')), nothing, nothing], none, [use])
  expect(now).toEqual(then)
  expect(now).toEqual(['some', ' input', ''])
})

test('output goes to whom it is for, as far as it went', () => {
  let room = 5
  const narrow: Stdio = {
    ...nothing,
    *write(data) {
      const count = Math.min(room, data.length)
      room -= count
      if (count === 0) throw new SysError('EPIPE')
      return count
    },
  }
  const use: Use = ([, output, errors], network) => {
    const counts = ['abc', 'defg'].map((text) => write(output, network, text))
    expect(() => write(output, network, 'h')).toThrow('EPIPE')
    return [...counts, write(errors, network, 'end')]
  }
  const { now, written } = twice([fromBytes(new Uint8Array(0)), narrow, nothing], none, [use])
  expect(now).toEqual([3, 2, 3])
  expect(written).toEqual(['1: abc', '1: de', '2: end'])
})

test('output that cannot be passed on is no divergence: the replay fails with that error, and stays so', () => {
  const file = path.join(folder, 'closed.rec')
  const recorder = startRecording(file, { module: '', args: [], env: {}, options: {} }, fakeWorld())
  write(recorder.stdio([nothing, nothing, nothing])[1], none, 'text')
  recorder.end({ code: 0 })
  const replay = openReplay(file)
  const closed = new Error('the pipe is closed')
  const [, output] = replay.stdio(() => {
    throw closed
  })
  expect(() => write(output, replay.network, 'text')).toThrow(closed)
  expect(() => replay.finish({ stopped: closed.message })).toThrow(closed)
  replay.close()
})

test.each<[string, Use, Use]>([
  ['another text', ([, out], network) => write(out, network, 'a'), ([, out], network) => write(out, network, 'b')],
  [
    'to another descriptor',
    ([, out], network) => write(out, network, 'a'),
    ([, , err], network) => write(err, network, 'a'),
  ],
  ['less read', ([input], network) => read(input, network, 8), ([input], network) => read(input, network, 7)],
])('%s is another call', (_, use, again) => {
  expect(() => twice([fromBytes(Buffer.from('text')), nothing, nothing], none, [use, again])).toThrow(ReplayDiverged)
})

describe('a stream of the host in another thread', () => {
  /** Answers AGAIN twice before each answer. */
  function hesitant() {
    let asked = 0
    const hesitates = () => ++asked % 3 !== 0
    return fakeNetwork({
      wait: ({ on }) => on,
      receive: (input) => (hesitates() ? AGAIN : receives(104, 105)(input)),
      send: ({ data }) => (hesitates() ? AGAIN : data.length),
    })
  }
  const over = (network: Network, carries: 'input' | 'output') =>
    overNetwork(network, { isTerminal: true, carries }, () => 9)

  test('makes the guest wait as it did', () => {
    const { network, inputsOf } = hesitant()
    const use: Use = ([input, output], waiting) => [
      read(input, waiting, 10),
      write(output, waiting, 'hello'),
      input.pollHandle?.(),
      input.isTerminal,
    ]
    const { then, now, written } = twice([over(network, 'input'), over(network, 'output'), nothing], network, [use])
    expect(inputsOf('wait').length).toBe(4)
    expect(now).toEqual(then)
    expect(now).toEqual(['hi', 5, 9, true])
    expect(written).toEqual(['1: hello'])
  })

  test('that does not block answers EAGAIN', () => {
    const { network } = hesitant()
    const use: Use = ([input], waiting) => {
      input.nonBlocking = true
      expect(() => read(input, waiting, 10)).toThrow('EAGAIN')
      return input.nonBlocking
    }
    expect(twice([over(network, 'input'), nothing, nothing], network, [use]).now).toBe(true)
  })
})

test('a regular file is one in the replay too', () => {
  const stat = {
    dev: 1n,
    ino: 2n ** 60n,
    nlink: 1n,
    size: 4n,
    atimeNs: 1n,
    mtimeNs: 1_700_000_000_123_456_789n,
    ctimeNs: 3n,
  }
  const input: Stdio = {
    ...fromBytes(Buffer.from('text')),
    file: { seek: (offset) => (offset < 0 ? undefined : offset), stat: () => stat },
  }
  const use: Use = ([{ file }]) => [file?.seek(2, 'start'), file?.seek(-1, 'start'), file?.stat()]
  const { now } = twice([input, nothing, nothing], none, [use])
  expect(now).toEqual([2, undefined, stat])
})
