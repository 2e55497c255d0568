import { expect, test } from 'vitest'
import type { CallEvent } from '../../src/abi/trace.js'
import { formatSummary, TraceSummary } from '../../src/abi/trace-summary.js'

const event = (call: string, durationMs: number, errno?: string): CallEvent => ({
  call,
  arguments: [],
  outcome: errno === undefined ? { result: 0 } : { errno },
  durationMs,
})

test('calls are added up function by function, and the longest come first', () => {
  const summary = new TraceSummary()
  for (const each of [event('send', 1), event('recv', 3), event('recv', 5, 'EAGAIN'), event('send', 1)])
    summary.add(each)
  expect(summary.totals()).toEqual([
    { call: 'recv', calls: 2, errors: 1, totalMs: 8 },
    { call: 'send', calls: 2, errors: 0, totalMs: 2 },
  ])
})

test('they are printed in the columns of strace -c', () => {
  const totals = [
    { call: 'recv', calls: 2, errors: 1, totalMs: 8 },
    { call: 'send', calls: 2, errors: 0, totalMs: 2 },
  ]
  expect(formatSummary(totals).split('\n')).toEqual([
    '% time     seconds  usecs/call     calls    errors call',
    '------ ----------- ----------- --------- --------- ----------------',
    ' 80.00    0.008000        4000         2         1 recv',
    ' 20.00    0.002000        1000         2           send',
    '------ ----------- ----------- --------- --------- ----------------',
    '100.00    0.010000        2500         4         1 total',
  ])
})

test('nothing is nothing', () => {
  expect(formatSummary(new TraceSummary().totals())).toMatch(/ 0\.00 +0\.000000 +0 +0 +total$/)
})
