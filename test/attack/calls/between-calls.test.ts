import { beforeAll, expect, test } from 'vitest'
import { describeAttacks } from '../../support/attack.js'
import { attackChild, type Ended } from '../../support/attack-child.js'
import { compileFrom } from '../../support/wasi-programs.js'

/* One function of a guest waits, and another takes away what it waits for: what comes of both is what comes of two threads on Linux. */
const scenes: readonly (readonly [name: string, ...comes: unknown[]])[] = [
  ['recv, disconnected', 'EPIPE', 'ECONNRESET'],
  ['send, disconnected', true],
  ['poll, disconnected', 0x18],
  ['epoll, disconnected', 0x18],
  ['accept, shut down', 'EINVAL'],
  ['recv, closed and opened again', true, 'waits', 3, 'o'],
  ['recv, closed, opened and connected again', true, 'waits', 3, 'o', 3],
  ['recv, closed: the peer sees the end when the call has ended', 'waits', 3, 'end'],
  ['recv, replaced by dup2', 'waits', 3, 'o'],
  ['accept, closed and opened again', 'waits', true],
  ['poll, closed and opened again', 'waits', 1],
  ['epoll, closed and opened again', 'end', 0],
  ['UDP recv, disconnected', 'waits'],
  ['UDP recv, closed and opened again', true, 'waits'],
  ['a lingering close, opened again', true, 0, true],
  ['many at once, all closed and opened again', 'waits', 1],
]

describeAttacks('calls', (mode) => {
  if (mode !== 'suspend') return void test('only a suspended guest has more than one call under way', () => {})
  let ended: Ended
  beforeAll(async () => {
    const { calls_between: guest } = await compileFrom('test/attack/guests', ['calls_between'])
    const dist = new URL('../../../dist/index.js', import.meta.url).href
    ended = await attackChild('calls/between-calls.host.mjs', { dist, guest })
  })

  test.each(scenes)('%s', (name, ...comes) => {
    expect(ended.lines.find((line) => line.startsWith(`${name}: `))).toBe(`${name}: ${comes.join(', ')}`)
  })

  test('and the host ends as it should', () => {
    expect(ended).toMatchObject({ code: 0, signal: null, errors: '' })
  })
})
