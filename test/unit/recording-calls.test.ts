import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AGAIN, beginning, type Input, type Network, type Operation, type Output } from '../../src/network/network.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'
import { ReplayDiverged } from '../../src/recording/errors.js'
import { type Recorder, startRecording } from '../../src/recording/recorder.js'
import { openReplay, type Replay } from '../../src/recording/replay.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { receives } from '../support/pokes.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

type Answers = Parameters<typeof fakeNetwork>[0]
const header = { module: '', args: [], env: {}, options: {} }

/** Records what `run` does, and opens the recording; answers it with its size. */
function recorded(run: (recorder: Recorder) => void, world = fakeWorld()): Replay & { size: number } {
  const file = path.join(folder, 'calls.rec')
  const recorder = startRecording(file, header, world)
  run(recorder)
  recorder.end({ code: 0 })
  return { ...openReplay(file), size: fs.statSync(file).size }
}

/** The same for calls of a network. */
const recordedNetwork = (answers: Answers, run: (network: Network) => void) =>
  recorded((recorder) => run(recorder.network(fakeNetwork(answers).network)))

function outcomeOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

const address = { family: 'inet', host: '10.0.0.1', port: 80 } as const
const six = { family: 'inet6', host: 'fe80::1', port: 80, scope: 2 } as const
const refuse = () => {
  throw new SysError('ECONNREFUSED')
}

/** An operation with its input and what the network answers. */
type Row = readonly [name: Operation, input: Input<Operation>, answer: (input: never) => unknown]
const row = <K extends Operation>(name: K, input: Input<K>, answer: (input: Input<K>) => Output<K>): Row => [
  name,
  input,
  answer,
]
const rows: Row[] = [
  row('open', { family: 'inet', type: 'stream' }, () => 12),
  row('pair', { type: 'dgram' }, () => [4, 5]),
  row('pipe', {}, () => [4, 5]),
  row('bind', { handle: 1, to: six }, () => AGAIN),
  row('listen', { handle: 1, backlog: 5 }, () => true),
  row('accept', { handle: 1 }, () => ({ handle: 9, peer: address })),
  row('accept', { handle: 1 }, () => AGAIN),
  row('connect', { handle: 1, to: address }, refuse),
  row('connect', { handle: 1, to: undefined }, () => true),
  row('send', { handle: 1, data: Uint8Array.of(1, 2), to: address }, () => 2),
  row('receive', { handle: 1, into: new Uint8Array(8), peek: true }, receives(1, 2, 3)),
  row('receive', { handle: 1, into: new Uint8Array(8), peek: false }, () => AGAIN),
  row('receive', { handle: 1, into: new Uint8Array(8), peek: false }, () => 0),
  row('shutdown', { handle: 1, end: 'write' }, () => true),
  row('close', { handle: 1, abort: true }, () => true),
  row('available', { handle: 1 }, () => 17),
  row('localName', { handle: 1 }, () => six),
  row('peerName', { handle: 1 }, () => ({ family: 'unix', path: '\0x' })),
  row('takeError', { handle: 1 }, () => 'EPIPE'),
  row('takeError', { handle: 1 }, () => undefined),
  row('setOption', { handle: 1, option: 'join', value: { group: '224.0.0.1', via: '' } }, () => true),
  row('getOption', { handle: 1, option: 'ttl' }, () => 64),
  row('resolve', { host: 'a.example', family: undefined }, () => 3),
  row('resolveBack', { host: '10.0.0.1' }, () => 3),
  row('answer', { handle: 3 }, () => ({ is: 'found', hosts: [{ host: '::1', family: 'inet6' }] })),
  row('hostname', {}, () => 'here'),
  row('interfaces', {}, () => [{ name: 'lo', index: 1 }]),
  row(
    'wait',
    { on: [{ handle: 1, events: POLLIN, since: beginning, tag: 7 }], timeoutMs: Number.POSITIVE_INFINITY },
    () => [{ handle: 1, events: POLLIN, since: { receiving: 5, sending: 0 }, tag: 7 }],
  ),
  row('wait', { on: [], timeoutMs: 0.125 }, () => []),
]

describe('operations', () => {
  test.each(rows)('%s answers what it answered then', (name, input, answer) => {
    const ask = (network: Network) => {
      const { into } = input as { into?: Uint8Array }
      into?.fill(0)
      const outcome = outcomeOf(() => network(name, input))
      return [outcome, into && [...into]]
    }
    let then: unknown
    const replay = recordedNetwork({ [name]: answer } as Answers, (network) => {
      then = ask(network)
    })
    expect(ask(replay.network)).toStrictEqual(then)
    replay.finish({ code: 0 })
  })

  test.each<[string, number, number[]]>([
    ['a datagram', 3, [1, 2, 3, 0]],
    ['one with more than there is room for', 9, [1, 2, 3, 4]],
  ])('%s', (_, length, found) => {
    const ask = (into = new Uint8Array(4)) => ({ handle: 1, into, peek: false })
    const answer = ({ into }: { into: Uint8Array }) => {
      into.set([1, 2, 3, 4].slice(0, length))
      return { length, from: address }
    }
    const replay = recordedNetwork({ receiveFrom: answer }, (network) => void network('receiveFrom', ask()))
    const into = new Uint8Array(4)
    expect(replay.network('receiveFrom', ask(into))).toEqual({ length, from: address })
    expect([...into]).toEqual(found)
  })

  test.each(rows.filter(([, input]) => Object.keys(input).length > 0))(
    '%s with another input is another call',
    (name, input, answer) => {
      const [key, value] = Object.entries(input)[0] as [string, unknown]
      const other = { ...input, [key]: typeof value === 'number' ? value + 1 : [{ handle: 99, events: 0 }] }
      const replay = recordedNetwork({ [name]: answer }, (network) => void outcomeOf(() => network(name, input)))
      expect(() => replay.network(name, other as never)).toThrow(ReplayDiverged)
    },
  )

  const long = new Uint8Array(1000).fill(97)
  const many = Array.from({ length: 500 }, (_, handle) => ({ handle, events: POLLIN, tag: handle }))
  test.each<[string, () => Replay & { size: number }, (network: Network) => unknown]>([
    [
      'data that differs in its last byte',
      () => recordedNetwork({ send: () => 1000 }, (network) => network('send', { handle: 1, data: long })),
      (network) => network('send', { handle: 1, data: long.with(999, 98) }),
    ],
    [
      'a list that differs in its last mark',
      () => recordedNetwork({ wait: () => [] }, (network) => network('wait', { on: many, timeoutMs: 1 })),
      (network) => network('wait', { on: many.with(499, { handle: 499, events: POLLOUT, tag: 499 }), timeoutMs: 1 }),
    ],
  ])('%s is another call, though only a digest is kept', (_, record, ask) => {
    const replay = record()
    expect(replay.size).toBeLessThan(300)
    expect(() => ask(replay.network)).toThrow(ReplayDiverged)
  })
})

describe('a replay that leaves the recording', () => {
  const replay = () =>
    recordedNetwork({ open: () => 3, connect: () => AGAIN }, (network) => {
      network('open', { family: 'inet', type: 'stream' })
      network('connect', { handle: 3, to: address })
    })

  test('says at which call, what was recorded and what was asked', () => {
    const { network } = replay()
    network('open', { family: 'inet', type: 'stream' })
    let thrown: unknown
    try {
      network('send', { handle: 3, data: Buffer.from('hello') })
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({
      name: 'ReplayDiverged',
      call: 2,
      recorded: 'connect(handle=3, to=10.0.0.1:80) = EAGAIN',
      asked: 'send(handle=3, data="hello")',
      message: expect.stringContaining('the replay leaves the recording at call 2: recorded was connect('),
    })
    expect(thrown).not.toBeInstanceOf(SysError)
  })

  test('stays so, since a guest may have caught it', () => {
    const { network, world, finish } = replay()
    expect(() => network('hostname', {})).toThrow(ReplayDiverged)
    expect(() => network('open', { family: 'inet', type: 'stream' })).toThrow('at call 1:')
    expect(() => world.now()).toThrow('at call 1:')
    expect(() => finish({ code: 0 })).toThrow('at call 1:')
  })

  test('at its end was asked too much', () => {
    const { network } = replay()
    network('open', { family: 'inet', type: 'stream' })
    network('connect', { handle: 3, to: address })
    expect(() => network('close', { handle: 3, abort: false })).toThrow('recorded was exit(code=0)')
  })
})

test('a guest that was stopped is stopped at the same call again, by the same error', () => {
  const stopped = () => {
    throw Object.assign(new Error('the guest was stopped after 300 ms'), { name: 'GuestTimeout', timeoutMs: 300 })
  }
  const replay = recordedNetwork({ wait: stopped }, (network) =>
    expect(() => network('wait', { on: [], timeoutMs: 5 })).toThrow('300 ms'),
  )
  const again = () => replay.network('wait', { on: [], timeoutMs: 5 })
  const error = { name: 'GuestTimeout', message: 'the guest was stopped after 300 ms', timeoutMs: 300 }
  expect(again).toThrow(expect.objectContaining(error))
  expect(() => replay.finish({ code: 0 })).toThrow(expect.objectContaining(error))
})

describe('clocks and chance', () => {
  test('answer what they answered then', () => {
    const world = fakeWorld()
    const learn = ({ now, time, random }: typeof world) => {
      const bytes = new Uint8Array(5)
      random(bytes)
      return [now(), time(), ...bytes]
    }
    let then: unknown
    const replay = recorded((recorder) => {
      world.pass(0.123456789)
      then = learn(recorder.world as typeof world)
    }, world)
    expect(learn(replay.world as typeof world)).toEqual(then)
    expect(then).toEqual([1000.123456789, 1000.123456789, 4, 4, 4, 4, 4])
  })

  test('those who watch the guest leave no trace, and see what the calls took', () => {
    const world = fakeWorld()
    const answers: Answers = {
      wait: () => {
        world.pass(20)
        return []
      },
    }
    const replay = recorded((recorder) => {
      expect(recorder.world.watch?.()).toBe(1000)
      recorder.network(fakeNetwork(answers).network)('wait', { on: [], timeoutMs: 20 })
    }, world)
    expect(replay.world.watch?.()).toBe(0)
    replay.network('wait', { on: [], timeoutMs: 20 })
    expect(replay.world.watch?.()).toBe(20)
    replay.finish({ code: 0 })
  })
})

describe('connections of the host', () => {
  test('have the handles of then', () => {
    const driver = { network: fakeNetwork({}).network, attach: () => 41, close: async () => {} }
    const replay = recorded((recorder) => {
      expect(recorder.driver(driver).attach(undefined as never)).toBe(41)
      expect(recorder.adopt(() => 42)).toBe(42)
    })
    expect([replay.adopt(), replay.adopt()]).toEqual([41, 42])
  })

  /** A connection that came during the second of three waits. */
  const offered = () =>
    recorded((recorder) => {
      let waits = 0
      const wait = () => {
        if (++waits === 2) recorder.adopt(() => 42)
        return []
      }
      const network = recorder.network(fakeNetwork({ wait }).network)
      for (let time = 0; time < 3; time++) network('wait', { on: [], timeoutMs: time })
    })

  test('that came while the guest waited come in the same wait', () => {
    const replay = offered()
    const adopted: [number, number][] = []
    let waits = 0
    replay.onOffer(() => void adopted.push([waits, replay.adopt()]))
    for (; waits < 3; waits++) replay.network('wait', { on: [], timeoutMs: waits })
    expect(adopted).toEqual([[1, 42]])
    replay.finish({ code: 0 })
  })

  test.each([
    ['whom nobody asks', () => {}],
    ['nobody takes', undefined],
  ])('that %s end the replay', (_, take) => {
    const replay = offered()
    if (take !== undefined) replay.onOffer(take)
    replay.network('wait', { on: [], timeoutMs: 0 })
    expect(() => replay.network('wait', { on: [], timeoutMs: 1 })).toThrow('recorded was adopt() = 42')
  })
})
