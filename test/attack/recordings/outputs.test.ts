import { expect, test } from 'vitest'
import type { Network } from '../../../src/network/network.js'
import type { World } from '../../../src/posix/world.js'
import { RecordingError } from '../../../src/recording/errors.js'
import { openReplay, type Replay } from '../../../src/recording/replay.js'
import { recordingLines } from '../../../src/recording/show.js'
import { describeAttacksOutside } from '../../support/attack.js'
import {
  type Call,
  callBody,
  ERRNO,
  exitBody,
  fileOf,
  header,
  headerBody,
  OUTPUT,
  STOPPED,
  valueBytes,
  written,
} from './forge.js'

/** What no call answers, whatever it is. */
const never: readonly unknown[] = [
  null,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 60,
  -0.5,
  10n,
  {},
  [[]],
  'constructor',
]
const wrongAddresses = [
  { family: 'inet' },
  { family: 'inet', host: 'example.test', port: 80 },
  { family: 'inet', host: {}, port: 80 },
  { family: 'inet', host: '1.2.3.4', port: 65_536 },
  { family: 'inet', host: '1.2.3.4', port: -1 },
  { family: 'inet', host: '1.2.3.4', port: '80' },
  { family: 'inet6', host: '::1', port: 80 },
  { family: 'inet6', host: '::1', port: 80, scope: -1 },
  { family: 'unix', path: 5 },
  { family: 'unix', path: 'x'.repeat(5000) },
  { family: 'constructor', host: '1.2.3.4', port: 80 },
  { family: 'inet', host: '1.2.3.4', port: 80, more: true },
]
const handle = { handle: 3 }
const at = { family: 'inet', host: '1.2.3.4', port: 80 }

/** A call with its input, and what it cannot have come to besides. */
const rows: [Call, object, readonly unknown[]][] = [
  ['open', { family: 'inet', type: 'stream' }, ['EAGAIN', true, undefined, '3']],
  ['pair', { type: 'stream' }, [[1], [1, 2, 3], [1, -2], 5, undefined]],
  ['pipe', {}, [[1], [1, 2, 3], ['1', 2], undefined]],
  ['bind', { ...handle, to: at }, [false, undefined, 'EAGAIN ', 0]],
  ['listen', { ...handle, backlog: 1 }, [false, undefined, 1]],
  [
    'accept',
    handle,
    [...wrongAddresses.map((peer) => ({ handle: 4, peer })), { handle: -4, peer: at }, { peer: at }, 4],
  ],
  ['connect', { ...handle, to: at }, [false, undefined]],
  ['send', { ...handle, data: Buffer.from('hello') }, [6, 2 ** 40, true, undefined]],
  [
    'receiveFrom',
    { ...handle, into: 8, peek: false },
    [...wrongAddresses.map((from) => ({ length: 0, from })), { length: -1, from: at }, 0],
  ],
  ['startTls', { ...handle, role: 'client', hostname: '', protocols: [], verifies: true }, [false, undefined]],
  [
    'tlsState',
    handle,
    [
      { is: 'secured' },
      { is: 'failed' },
      { is: 'failed', reason: 5 },
      { is: 'toString' },
      { is: 'none', more: 1 },
      { is: 'secured', version: '', cipher: '', protocol: '', serverName: '', doubt: 5 },
      { is: 'secured', version: '', cipher: '', protocol: '', serverName: '', peer: {} },
      undefined,
    ],
  ],
  ['shutdown', { ...handle, end: 'read' }, [false, 'EAGAIN', undefined]],
  ['close', { ...handle, abort: false }, [false, 'EAGAIN', undefined]],
  ['available', handle, ['EAGAIN', undefined, true]],
  ['localName', handle, [...wrongAddresses, undefined]],
  ['peerName', handle, [...wrongAddresses, undefined]],
  ['takeError', handle, ['toString', '__proto__', 'EWHATEVER', 5]],
  ['setOption', { ...handle, option: 'noDelay', value: true }, [false, undefined]],
  ['getOption', { ...handle, option: 'noDelay' }, ['yes', 1, undefined, Buffer.from('yes')]],
  ['getOption', { ...handle, option: 'ttl' }, ['64', true, undefined]],
  ['getOption', { ...handle, option: 'tcpInfo' }, ['', 5, true, [1, 2]]],
  ['getOption', { ...handle, option: 'congestion' }, [5, true, Buffer.from('cubic')]],
  ['resolve', { host: 'a.test', family: 'inet' }, ['EAGAIN', undefined]],
  ['resolveBack', { host: '1.2.3.4' }, ['EAGAIN', undefined]],
  [
    'answer',
    handle,
    [
      { is: 'found' },
      { is: 'found', hosts: [{ host: 'a.test', family: 'inet' }] },
      { is: 'found', hosts: [{ host: '1.2.3.4', family: 'unix' }] },
      { is: 'found', hosts: { length: 5 } },
      { is: 'named', name: 5 },
      { is: 'failed', reason: 'toString' },
      { is: 'failed', reason: 'EAI_WHATEVER' },
      undefined,
    ],
  ],
  ['hostname', {}, [5, undefined, Buffer.from('host')]],
  [
    'interfaces',
    {},
    [5, [{}], [{ name: 5, index: 1 }], [{ name: 'lo', index: -1 }], [{ name: 'lo', index: 1, addresses: [{}] }]],
  ],
  [
    'wait',
    { on: [{ handle: 3, events: 1, tag: 0 }], timeoutMs: 5 },
    [
      [{ handle: 4, events: 1, tag: 0 }],
      [{ handle: 3, events: 1, tag: 9 }],
      [{ handle: 3, events: -1, tag: 0 }],
      [{ handle: 3, events: '1', tag: 0 }],
      [{ handle: 3, events: 1, tag: 0, since: {} }],
      [{ events: 1 }],
      [null],
      undefined,
      5,
    ],
  ],
  ['now', {}, ['5', undefined, true]],
  ['time', {}, ['5', undefined, true]],
  ['adopt', {}, ['EAGAIN', undefined]],
  [
    'stdio',
    {},
    [[], [1, 2, 3], [{}, {}, {}], undefined, [{ isTerminal: 1, isWaitable: true, isFile: true, polls: true }]],
  ],
]

const worlds = { now: (world: World) => world.now(), time: (world: World) => world.time() }

/** Asks a replay for a call. */
function ask(replay: Replay, call: Call, input: object): unknown {
  if (call === 'now' || call === 'time') return worlds[call](replay.world)
  if (call === 'adopt') return replay.adopt()
  if (call === 'stdio') return replay.stdio(() => {})
  const into = 'into' in input ? { into: new Uint8Array(Number(input.into)) } : {}
  return (replay.network as (...args: unknown[]) => ReturnType<Network>)(call, { ...input, ...into })
}

/** What comes of a call that was recorded so. */
function outcomeOf(file: string, call: Call, input: object): unknown {
  const replay = openReplay(file)
  try {
    return ask(replay, call, input)
  } catch (error) {
    return error
  } finally {
    replay.close()
  }
}

/** What comes of showing it. */
function showing(file: string): unknown {
  try {
    return [...recordingLines(file), ...recordingLines(file, { of: 'operations' })]
  } catch (error) {
    return error
  }
}

const damaged = (error: unknown) => error instanceof RecordingError && error.reason === 'damaged'
const forged = (...bodies: Buffer[]) => written(fileOf([headerBody(header), ...bodies, exitBody()]))

describeAttacksOutside('recordings', () => {
  const attempts = rows.flatMap(([call, input, wrong]) =>
    [...wrong, ...never.filter((value) => call !== 'takeError' || value !== undefined)].map(
      (value) => [call, input, value] as const,
    ),
  )
  /** Values that some call may have come to. */
  const isRight = (call: Call, input: object, value: unknown) => {
    if (call === 'hostname') return typeof value === 'string'
    if (call === 'now' || call === 'time') return Number.isFinite(value)
    if (call !== 'getOption') return false
    return (
      'option' in input &&
      (input.option === 'ttl'
        ? Math.abs(Number(value)) < 2 && value !== null && typeof value === 'number'
        : input.option === 'congestion' && typeof value === 'string')
    )
  }
  test.each(attempts.filter(([call, input, value]) => !isRight(call, input, value)))(
    'a forged answer of %s to %o: %o',
    (call, input, value) => {
      const file = forged(callBody(call, input, { value }))
      expect(outcomeOf(file, call, input)).toSatisfy(damaged)
      const shown = showing(file)
      expect(Array.isArray(shown) || damaged(shown)).toBe(true)
    },
  )

  const bytes = Buffer.from('hello')
  test.each([
    ['more bytes than it says', { value: 3, bytes }],
    ['fewer', { value: 7, bytes }],
    ['more than there is room for', { value: 5000, bytes: Buffer.alloc(5000) }],
    ['a number that is no length', { value: -5, bytes }],
    ['half a byte', { value: 4.5, bytes }],
    ['bytes with an errno', { outcome: ERRNO, value: 'EIO', bytes }],
    ['an errno of a prototype', { outcome: ERRNO, value: 'constructor' }],
    ['no errno', { outcome: ERRNO, value: undefined }],
    ['an errno in an object', { outcome: ERRNO, value: { toString: 'EIO' } }],
    ['an outcome of the future', { outcome: 3, value: 5, bytes }],
    ['a stop without a reason', { outcome: STOPPED, value: undefined }],
    ['a stop for a number', { outcome: STOPPED, value: { name: 'Error', message: 5 } }],
    ['a stop after no time', { outcome: STOPPED, value: { name: 'GuestTimeout', message: '', timeoutMs: Number.NaN } }],
    ['an answer that ends early', { value: { length: 5 }, bytes: Buffer.alloc(0) }],
  ])('a receive with %s', (_, came) => {
    const file = forged(callBody('receive', { ...handle, into: 8, peek: false }, { outcome: OUTPUT, ...came }))
    expect(outcomeOf(file, 'receive', { ...handle, into: 8, peek: false })).toSatisfy(damaged)
    const shown = showing(file)
    expect(Array.isArray(shown) || damaged(shown)).toBe(true)
  })

  test.each([
    ['no object', 5],
    ['nothing', undefined],
    ['null', null],
    ['a list', [1]],
    ['a text', 'handle'],
  ])('an input that is %s', (_, input) => {
    const file = forged(callBody('close', input, { value: true }))
    expect(outcomeOf(file, 'close', { ...handle, abort: false })).toBeInstanceOf(Error)
    expect(showing(file)).toSatisfy(damaged)
  })

  test.each([0x80, 27, 63, 78, 254])('a call of the number %i', (number) => {
    const file = forged(callBody(number, {}, { value: 1 }))
    expect(outcomeOf(file, 'hostname', {})).toSatisfy(damaged)
    expect(showing(file)).toSatisfy(damaged)
  })

  test('names of prototypes are members like others', () => {
    const value = JSON.parse('{"__proto__": {"length": 5}, "is": "none"}')
    const file = forged(callBody('tlsState', handle, { value }))
    expect(outcomeOf(file, 'tlsState', handle)).toSatisfy(damaged)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(valueBytes(value).includes('__proto__')).toBe(true)
  })
})
