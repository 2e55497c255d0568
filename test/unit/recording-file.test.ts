import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RecordingError } from '../../src/recording/errors.js'
import { FrameReader, FrameWriter } from '../../src/recording/frames.js'
import { type Header, moduleHash } from '../../src/recording/header.js'
import { startRecording } from '../../src/recording/recorder.js'
import { openReplay } from '../../src/recording/replay.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { receives } from '../support/pokes.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const fileOf = (name: string) => path.join(folder, name)

const header: Header = {
  module: moduleHash(Buffer.from('the module')),
  args: ['guest', 'one'],
  env: { HOME: '/', TOKEN: 'secret' },
  options: { descriptors: 16, numbering: 'linux', listen: ['127.0.0.1:80'] },
}

/** A small recording, of which it answers the bytes. */
function small(name: string, isEnded = true): Buffer {
  const { network } = fakeNetwork({ open: () => 3, send: () => 5, receive: receives(104, 101, 108, 108, 111) })
  const recorder = startRecording(fileOf(name), header, fakeWorld())
  const recorded = recorder.network(network)
  recorded('open', { family: 'inet', type: 'stream' })
  recorded('send', { handle: 3, data: Buffer.from('hello') })
  recorded('receive', { handle: 3, into: new Uint8Array(8), peek: false })
  recorder.called({ call: 'recv', arguments: [], outcome: { result: 5 }, durationMs: 0.25 })
  if (isEnded) recorder.end({ code: 0 })
  return fs.readFileSync(fileOf(name))
}

/** What is wrong with a file of these bytes. */
function faultOf(bytes: Buffer): string {
  fs.writeFileSync(fileOf('hostile'), bytes)
  try {
    openReplay(fileOf('hostile')).close()
  } catch (error) {
    if (error instanceof RecordingError) return error.reason
    throw error
  }
  return 'none'
}

test('frames of every size come back', () => {
  const sizes = [1, 2, 100, 4095, 300_000, 5, 256 * 1024, 256 * 1024 - 8, 6_000_000, 7]
  const writer = new FrameWriter(fileOf('frames'))
  for (const size of sizes) writer.append((body) => body.raw(Buffer.alloc(size, (size % 250) + 1)))
  writer.end()
  const reader = new FrameReader(fileOf('frames'))
  for (const size of sizes) expect(reader.next()?.equals(Buffer.alloc(size, (size % 250) + 1))).toBe(true)
  expect([reader.next(), reader.next()]).toEqual([undefined, undefined])
  reader.close()
})

describe('a hostile file', () => {
  test('that is whole has no fault', () => expect(faultOf(small('whole'))).toBe('none'))

  test.each([0x01, 0x80, 0xff])('each byte changed by %i is noticed', (mask) => {
    const bytes = small('flipped')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (bytes[at] as number) ^ mask
      expect([at, faultOf(changed)]).toEqual([at, at < 8 ? 'foreign' : at < 12 ? 'version' : 'damaged'])
    }
  })

  test('cut off anywhere is noticed', () => {
    const bytes = small('cut')
    for (let length = 0; length < bytes.length; length++)
      expect([length, faultOf(bytes.subarray(0, length))]).toEqual([length, 'truncated'])
  })

  test('with something more at its end is damaged', () => {
    expect(faultOf(Buffer.concat([small('more'), Buffer.from('x')]))).toBe('damaged')
  })

  test('with a call left out or two exchanged is damaged', () => {
    const bytes = small('moved')
    const frames = framesOf(bytes)
    const [first, ...rest] = frames as [Buffer, ...Buffer[]]
    const start = bytes.subarray(0, 12)
    expect(faultOf(Buffer.concat([start, ...frames]))).toBe('none')
    expect(faultOf(Buffer.concat([start, first, ...rest.slice(1)]))).toBe('damaged')
    expect(
      faultOf(Buffer.concat([start, first, ...[rest[1], rest[0]].map((f) => f as Buffer), ...rest.slice(2)])),
    ).toBe('damaged')
  })

  test.each([
    ['a program', Buffer.from('\0asm\x01\0\0\0'), 'foreign'],
    ['a text', Buffer.from('some text, which is long enough'), 'foreign'],
    ['nothing', Buffer.alloc(0), 'truncated'],
  ])('that is %s', (_, bytes, fault) => expect(faultOf(bytes)).toBe(fault))
})

describe('what a person is told', () => {
  const told = (given: Partial<Header>) => {
    small('told')
    try {
      openReplay(fileOf('told'), given).close()
      return 'nothing'
    } catch (error) {
      return (error as Error).message.replace(folder, '').replace(/[0-9a-f]{60}/g, '…')
    }
  }

  test.each<[string, Partial<Header>, string]>([
    ['the same', header, 'nothing'],
    ['a changed module', { module: moduleHash(Buffer.from('another')) }, 'was recorded with another module'],
    [
      'a changed argument',
      { args: ['guest', 'two'] },
      'with the arguments ["guest","one"], and now it is ["guest","two"]',
    ],
    ['an argument more', { args: ['guest', 'one', ''] }, 'with the arguments ["guest","one"], and now'],
    ['a changed variable', { env: { HOME: '/', TOKEN: 'other' } }, 'another value of the environment variable TOKEN'],
    ['a variable more', { env: { ...header.env, X: '' } }, 'another value of the environment variable X'],
    [
      'variables in another order',
      { env: { TOKEN: 'secret', HOME: '/' } },
      'the environment variables ["HOME","TOKEN"]',
    ],
    [
      'a changed option',
      { options: { ...header.options, descriptors: 17 } },
      'the option descriptors 16, and now it is 17',
    ],
    [
      'an option less',
      { options: { descriptors: 16, numbering: 'linux' } },
      'the option listen ["127.0.0.1:80"], and now it is none',
    ],
  ])('of %s', (_, given, message) => expect(told(given)).toContain(message))

  test('of secrets nothing', () => expect(told({ env: { TOKEN: 'other' } })).not.toMatch(/secret|other value of TOKEN/))

  test('of a module that came compiled', () => {
    expect(() => moduleHash(undefined)).toThrow(
      'a compiled module cannot be recorded or replayed: give its file or its bytes',
    )
  })

  test.each([
    ['no file', () => openReplay(fileOf('none')), 'cannot read the recording', 'there is no such file or directory'],
    ['a directory', () => openReplay(folder), 'cannot read the recording', 'it is no regular file'],
    [
      'nowhere to write',
      () => startRecording(fileOf('no/file'), header, fakeWorld()),
      'cannot write the recording',
      'no such',
    ],
  ])('of %s', (_, act, what, why) => {
    expect(act).toThrow(what)
    expect(act).toThrow(why)
  })

  test.runIf(fs.existsSync('/dev/full'))('of a full disk', () => {
    expect(() => startRecording('/dev/full', header, fakeWorld())).toThrow(
      'cannot write the recording /dev/full: ENOSPC',
    )
  })

  test('of where a file is cut off', () => {
    const frames = framesOf(small('where', false))
    const bytes = Buffer.concat([fs.readFileSync(fileOf('where')).subarray(0, 12), ...frames.slice(0, -1)])
    fs.writeFileSync(fileOf('where'), bytes.subarray(0, -1))
    expect(() => openReplay(fileOf('where'))).toThrow('is cut off after call 2: the guest or its host ended early')
  })
})

test('only its owner can read a recording', () => {
  small('mode')
  expect(fs.statSync(fileOf('mode')).mode & 0o077).toBe(0)
})

test('what was recorded before a crash can be replayed, where that is asked for', () => {
  small('crash', false)
  const into = new Uint8Array(8)
  const { network, close } = openReplay(fileOf('crash'), {}, { mayBeCutOff: true })
  network('open', { family: 'inet', type: 'stream' })
  network('send', { handle: 3, data: Buffer.from('hello') })
  expect([network('receive', { handle: 3, into, peek: false }), ...into]).toEqual([5, 104, 101, 108, 108, 111, 0, 0, 0])
  expect(() => network('close', { handle: 3, abort: false })).toThrow('is cut off after call 3')
  close()
})

test('a byte that changes after the file was opened is noticed where it is reached', () => {
  const large = new Uint8Array(400_000)
  const recorder = startRecording(fileOf('late'), header, fakeWorld())
  const { network } = fakeNetwork({ receive: ({ into }) => into.fill(7).length })
  const ask = { handle: 3, into: large, peek: false }
  for (let time = 0; time < 2; time++) recorder.network(network)('receive', ask)
  recorder.end({ code: 0 })
  const replay = openReplay(fileOf('late'))
  const fd = fs.openSync(fileOf('late'), 'r+')
  fs.writeSync(fd, 'x', 700_000)
  fs.closeSync(fd)
  expect(replay.network('receive', ask)).toBe(large.length)
  expect(() => replay.network('receive', ask)).toThrow('late is damaged at call 2')
  replay.close()
})

/** The frames of a recording, with their heads. */
function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 12; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32LE(at)
    frames.push(bytes.subarray(at, end))
    at = end
  }
  return frames
}
