import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command, guestFile } from './support/command.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** The lines of a trace without the times, and a table's. */
const callsIn = (text: string) => text.split('\n').flatMap((line) => /^(\w+\(.*) <\d+\.\d{6}s>$/.exec(line)?.[1] ?? [])

/** A table's rows: how often each was called, and how often it failed. */
function totalsIn(text: string): Record<string, readonly [calls: number, errors: number]> {
  const rows = text.matchAll(/^ *[\d.]+ +([\d.]+) +\d+ +(\d+) +(\d+ )? *(\w+)$/gm)
  return Object.fromEntries([...rows].map(([, , calls, errors = '0', name]) => [name, [Number(calls), Number(errors)]]))
}

/** The same, counted. */
function counted(calls: readonly string[]): ReturnType<typeof totalsIn> {
  const found: Record<string, readonly [number, number]> = {}
  for (const line of calls)
    for (const name of [/^\w+/.exec(line)?.[0] ?? '', 'total']) {
      const [count, errors] = found[name] ?? [0, 0]
      found[name] = [count + 1, errors + (/ = -1 \w+$/.test(line) ? 1 : 0)]
    }
  return found
}

describe.each(['echo', 'udp', 'epoll', 'half_close', 'poll_states'])('%s', (guest) => {
  const file = () => path.join(folder, `${guest}.rec`)

  test('is traced while it is recorded, when it is shown, and when it is replayed, by the same lines', async () => {
    const live = await command(['--record', file(), '--trace', '--trace=summary', guestFile(guest)])
    const calls = callsIn(live.stderr)
    expect(calls.length).toBeGreaterThan(10)
    const shown = (await command(['recording', 'show', file()])).stdout.trim().split('\n')
    const from = shown.findIndex((line) => / <[\d.]+s>$/.test(line))
    expect(shown.slice(0, from).every((line) => /^(recording|module|arguments|option) /.test(line))).toBe(true)
    expect(callsIn(shown.slice(from, -1).join('\n'))).toEqual(calls)
    expect(shown.slice(from, -1).length).toBe(calls.length)
    expect(shown.at(-1)).toBe(`+++ exited with ${live.code} +++`)
    const replayed = await command(['--replay', file(), '--trace', '--trace=summary', guestFile(guest)])
    expect(callsIn(replayed.stderr)).toEqual(calls)
    expect([replayed.code, replayed.stdout]).toEqual([live.code, live.stdout])
    for (const { stderr } of [live, replayed]) expect(totalsIn(stderr)).toEqual(counted(calls))
  })
})

test('a replay adds up the times of then', async () => {
  const file = path.join(folder, 'timeouts.rec')
  const seconds = (text: string) => Number(/^100\.00 +([\d.]+)/m.exec(text)?.[1])
  const live = await command(['--record', file, '--trace=summary', guestFile('timeouts')])
  const replayed = await command(['--replay', file, '--trace=summary', guestFile('timeouts')])
  expect(seconds(live.stderr)).toBeGreaterThan(0.1)
  expect(seconds(replayed.stderr)).toBeGreaterThan(0.1)
  expect(seconds(replayed.stderr)).toBeLessThan(1.1 * seconds(live.stderr))
})
