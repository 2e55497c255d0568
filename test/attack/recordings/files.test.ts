import fs from 'node:fs'
import { expect, test } from 'vitest'
import { RecordingError, ReplayDiverged } from '../../../src/recording/errors.js'
import { openReplay } from '../../../src/recording/replay.js'
import { recordingLines } from '../../../src/recording/show.js'
import { describeAttacksOutside } from '../../support/attack.js'
import { command } from '../../support/command.js'
import { callBody, exitBody, fileOf, header, headerBody, noteBody, Raw, STOPPED, varint, written } from './forge.js'

/** What reading a file comes to, in each way that there is: the reason, or the error that is none of a recording. */
function faultsOf(file: string, given: Parameters<typeof openReplay>[1] = {}): unknown[] {
  const ways = [
    () => openReplay(file, given).close(),
    () => Array.from(recordingLines(file)).length,
    () => Array.from(recordingLines(file, { of: 'operations' })).length,
  ]
  return ways.map((read) => {
    try {
      read()
    } catch (error) {
      return error instanceof RecordingError ? error.reason : error
    }
    return 'none'
  })
}

const full = { module: 'ab', args: ['guest'], env: { A: 'b' }, options: { descriptors: 16, listen: ['127.0.0.1:80'] } }
const hostile = '\x1b[2J\u009b31m\x7f\u202e\u2066\u2028\n\ud800'
const safe = /^[^\p{C}\p{Zl}\p{Zp}]*$/u

describeAttacksOutside('recordings', () => {
  test.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', null],
    ['a number', 5],
    ['a list', []],
    ['an empty object', {}],
    ...(['module', 'args', 'env', 'options'] as const).flatMap((name): [string, unknown][] => [
      [`no ${name}`, { ...full, [name]: undefined }],
      [`${name} null`, { ...full, [name]: null }],
      [`${name} a number`, { ...full, [name]: 5 }],
      [`${name} a list of numbers`, { ...full, [name]: [5] }],
      [`${name} an object of numbers`, { ...full, [name]: { length: 5, A: null } }],
    ]),
    ['members of other names', { ...full, more: 1 }],
    ['a prototype', '{"__proto__": {"module": "", "args": [], "env": {}, "options": {}}}'],
    ['options in options', { ...full, options: { a: { b: 1 } } }],
    ['lists in lists', `{"module":"","args":[],"env":{},"options":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`],
    ['20 MiB', { ...full, module: 'x'.repeat(20 * 1024 * 1024) }],
  ])('a header of %s', (_, said) => {
    const file = written(fileOf([headerBody(said), exitBody()]))
    expect(faultsOf(file, { ...full })).toEqual(['damaged', 'damaged', 'damaged'])
  })

  test.each([
    ['no header', [exitBody()]],
    ['a note first', [noteBody('x'), headerBody(header), exitBody()]],
    ['a call first', [callBody('now', {}, { value: 1 }), headerBody(header)]],
    ['nothing', []],
    ['an empty frame', [Buffer.alloc(0)]],
  ])('a file with %s', (_, bodies) => {
    expect(faultsOf(written(fileOf(bodies)))).toEqual(['damaged', 'damaged', 'damaged'])
  })

  const ending = (input: unknown) => fileOf([headerBody(header), callBody('exit', input, {})])
  test.each([[{}], [5], [{ code: '0' }], [{ code: {} }], [{ stopped: 5 }], [{ stopped: { toString: 'x' } }]])(
    'an end of %o',
    (input) => {
      const [, calls] = faultsOf(written(ending(input)))
      expect(calls).toBe('damaged')
    },
  )

  const lists = (count: number) => Buffer.concat([Buffer.from([10]), varint(count), Buffer.alloc(count)])
  test.each<[string, Buffer]>([
    ['lists in lists', Buffer.alloc(200_000, Buffer.from([10, 1]))],
    ['objects in objects', Buffer.alloc(200_000, Buffer.from([11, 1, 1]))],
    ['two million values', lists(2_000_000)],
    ['members without end', Buffer.concat([Buffer.from([11, 0xff, 0xff, 0xff, 0x7f]), Buffer.alloc(5_000_000, 1)])],
    ['a list that is said to be longer', Buffer.from([10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0])],
    ['a text that is said to be longer', Buffer.from([7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 97])],
    ['a number of too many bytes', Buffer.from([4, ...new Array(12).fill(0xff)])],
    [
      'a bigint of a million digits',
      Buffer.concat([Buffer.from([6]), varint(1_000_000), Buffer.alloc(1_000_000, '9')]),
    ],
    ['a digest of half its bytes', Buffer.concat([Buffer.from([9]), varint(2 ** 40), Buffer.alloc(40)])],
    ['an unknown kind', Buffer.from([12])],
  ])('a value of %s', (_, value) => {
    const body = callBody('hostname', {}, { value: new Raw(...value.subarray(0, 0)) })
    const file = written(fileOf([headerBody(header), Buffer.concat([body, value]), exitBody()]))
    const replay = openReplay(file)
    expect(() => replay.network('hostname', {})).toThrow(RecordingError)
    replay.close()
    expect(faultsOf(file)[2]).toBe('damaged')
  })

  test('a frame of more than 1 GiB in a file that is hollow', () => {
    const start = fileOf([headerBody(header)])
    const file = written(start.subarray(0, 12))
    fs.writeFileSync(file, Buffer.concat([start.subarray(0, 12), Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])]))
    fs.truncateSync(file, 5 * 2 ** 30)
    expect(faultsOf(file)).toEqual(['damaged', 'damaged', 'damaged'])
    fs.truncateSync(file, 0)
  })

  test.each([
    ['arguments', { ...full, args: ['other', hostile] }],
    ['an option', { ...full, options: { ...full.options, [hostile]: hostile } }],
    ['a variable', { ...full, env: { ...full.env, [hostile]: 'x' } }],
    ['a module', { ...full, module: hostile }],
    ['an argument of a MiB', { ...full, args: ['x'.repeat(2 ** 20)] }],
  ])('a refusal of other %s is a line that is only shown', (_, said) => {
    const file = written(fileOf([headerBody(said), exitBody()]))
    let refusal: unknown
    try {
      openReplay(file, full)
    } catch (error) {
      refusal = error
    }
    expect(refusal).toBeInstanceOf(RecordingError)
    const { message } = refusal as Error
    expect([safe.test(message), message.length < 3000]).toEqual([true, true])
  })

  const shown = () =>
    written(
      fileOf([
        headerBody({ module: hostile, args: [hostile], env: { [hostile]: hostile }, options: { [hostile]: hostile } }),
        noteBody(`connect(${hostile})`),
        callBody('hostname', { [hostile]: hostile }, { value: hostile }),
        callBody('localName', { handle: 1 }, { value: { family: 'unix', path: hostile } }),
        callBody('interfaces', {}, { value: [{ name: hostile, index: 1 }] }),
        callBody('stop', {}, { outcome: STOPPED, value: { name: hostile, message: hostile } }),
      ]),
    )
  test.each(['calls', 'operations'] as const)('%s are shown as lines that a terminal does not obey', (of) => {
    const lines = Array.from(recordingLines(shown(), { of }))
    expect(lines.length).toBeGreaterThan(5)
    for (const line of lines) expect(line).toMatch(safe)
  })

  test('the command shows them so, too', async () => {
    for (const more of [[], ['--all']]) {
      const { code, stdout } = await command(['recording', 'show', shown(), ...more])
      expect(code).toBe(0)
      for (const line of stdout.split('\n')) expect(line).toMatch(safe)
    }
  })

  test('a replay that leaves such a recording says so in a line', () => {
    const replay = openReplay(shown())
    let left: unknown
    try {
      replay.network('hostname', {})
    } catch (error) {
      left = error
    }
    replay.close()
    expect(left).toBeInstanceOf(ReplayDiverged)
    const { message, recorded, asked } = left as ReplayDiverged
    for (const text of [message, recorded, asked]) expect(text).toMatch(safe)
  })
})
