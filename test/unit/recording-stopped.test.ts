import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RecordingError } from '../../src/recording/errors.js'
import { type Recorder, startRecording } from '../../src/recording/recorder.js'
import { openReplay } from '../../src/recording/replay.js'
import { recordingLines } from '../../src/recording/show.js'
import { type StopReason, stopErrorOf, stopReasonOf } from '../../src/recording/stop-reason.js'
import { endStopped } from '../../src/recording/stopped.js'
import { fakeWorld } from '../support/fake-network.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-recording-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const file = () => path.join(folder, 'session.rec')
const header = { module: '', args: ['guest'], env: {}, options: {} }
const reason: StopReason = { name: 'GuestTimeout', message: 'the guest was stopped after 5 ms', timeoutMs: 5 }

/** A recording of three looks at the clock and a line of trace, as it stands when its thread is terminated. */
function started(): Recorder {
  const world = fakeWorld()
  const recorder = startRecording(file(), header, world)
  for (let time = 0; time < 3; time++) {
    world.pass(1)
    recorder.world.now()
  }
  recorder.called({ call: 'clock', arguments: [], outcome: { result: 0 }, durationMs: 1 })
  return recorder
}

/** What the clock says in a replay, and what stops it. */
function replayed(): { clock: readonly number[]; stopped: unknown } {
  const { world, finish, close } = openReplay(file())
  const clock: number[] = []
  try {
    for (;;) clock.push(world.now())
  } catch (stopped) {
    expect(() => finish({ code: 0 })).toThrow(stopped as Error)
    return { clock, stopped }
  } finally {
    close()
  }
}

describe('the recording of a guest that was stopped', () => {
  test('is replayed up to the stop, and is stopped for the same reason', () => {
    started()
    expect(() => openReplay(file())).toThrow(RecordingError)
    endStopped(file(), reason)
    expect(replayed()).toEqual({ clock: [1001, 1002, 1003], stopped: expect.objectContaining(reason) })
    const lines = [...recordingLines(file())]
    expect(lines.slice(-2)).toEqual(['clock() = 0 <0.001000s>', '+++ stopped: the guest was stopped after 5 ms +++'])
    expect([...recordingLines(file(), { of: 'operations' })].at(-1)).toBe(
      '4 stop() = ? (the guest was stopped: the guest was stopped after 5 ms) <0.000000>',
    )
  })

  test('cut off anywhere behind its header loses the calls that are not whole', () => {
    const recorder = started()
    const bytes = fs.readFileSync(file())
    recorder.end({ code: 0 })
    const ends = [12]
    for (let at = 12; at < bytes.length; ends.push(at)) at += 8 + bytes.readUInt32LE(at)
    const [, header = 0, ...calls] = ends
    for (let length = header; length <= bytes.length; length++) {
      fs.writeFileSync(file(), bytes.subarray(0, length))
      endStopped(file(), reason)
      const whole = calls.slice(0, 3).filter((end) => end <= length).length
      expect([length, replayed().clock.length]).toEqual([length, whole])
    }
  })

  test('whose header is not whole stays as it is', () => {
    started().end({ code: 0 })
    const bytes = fs.readFileSync(file()).subarray(0, 20)
    fs.writeFileSync(file(), bytes)
    endStopped(file(), reason)
    expect(fs.readFileSync(file()).equals(bytes)).toBe(true)
  })

  test('loses the end that the guest had just come to, which nobody heard of', () => {
    started().end({ code: 3 })
    endStopped(file(), reason)
    expect(replayed()).toEqual({ clock: [1001, 1002, 1003], stopped: expect.objectContaining(reason) })
  })

  test('that is damaged stays so', () => {
    started()
    const bytes = fs.readFileSync(file())
    bytes[30] = (bytes[30] as number) ^ 1
    fs.writeFileSync(file(), bytes)
    expect(() => endStopped(file(), reason)).toThrow('is damaged')
    expect(fs.readFileSync(file()).equals(bytes)).toBe(true)
  })
})

describe('of what stopped a guest is kept', () => {
  test.each<[string, unknown, StopReason]>([
    ['an error', new TypeError('no'), { name: 'TypeError', message: 'no' }],
    ['an abort', AbortSignal.abort().reason, { name: 'AbortError', message: 'This operation was aborted' }],
    ['a code', Object.assign(new Error('x'), { code: 'SIGINT' }), { name: 'Error', message: 'x', code: 'SIGINT' }],
    ['a limit of time', stopErrorOf(reason), reason],
    ['anything else', 'enough', { name: 'Error', message: 'enough' }],
  ])('%s', (_, thrown, kept) => {
    expect(stopReasonOf(thrown)).toEqual(kept)
    expect(stopErrorOf(kept)).toMatchObject(kept)
  })
})
