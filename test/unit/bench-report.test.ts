import { describe, expect, test } from 'vitest'
import { cellOf, targetText, verdict } from '../../bench/cells.mjs'
import { type Figure, isReached, median, ratios, rowOf, summary } from '../../bench/figures.mjs'
import { plot } from '../../bench/plot.mjs'
import { markdown, withTable } from '../../bench/publish.mjs'
import { checked, type Report } from '../../bench/report.mjs'

const node20 = { version: '20.1.0' }
const node26 = { version: '26.4.0' }
const columns = [
  { id: 'C', kind: 'C' },
  { id: 'worker@20', kind: 'worker', node: node20 },
  { id: 'node:net@20', kind: 'node:net', node: node20 },
  { id: 'worker@26', kind: 'worker', node: node26 },
  { id: 'node:net@26', kind: 'node:net', node: node26 },
]
const figure: Figure<number> = {
  id: 'trip',
  title: 'round trip',
  unit: 'µs',
  digits: 1,
  better: 'lower',
  of: (outcome) => outcome,
  targets: { worker: { atMost: 1.5, of: 'C' } },
}
const outcomes = { C: [10, 40, 20], 'worker@20': [20, 40, 22], 'node:net@20': [30, 80, 60], 'worker@26': [16, 64, 32] }
const row = rowOf({ id: 'trips' }, figure, { columns, outcomes })

const report: Report = {
  version: 1,
  machine: { processor: 'A <fast> one', cores: 2, system: 'Linux' },
  rounds: 3,
  warmMs: 1,
  runMs: 2,
  pinned: false,
  columns: columns.map(({ id, kind, node }) => ({ id, kind, node: node?.version ?? null })),
  missing: [{ kind: 'suspend', node: '20.1.0', reason: 'this Node cannot' }],
  rows: [row],
  remarks: ['a remark'],
}

describe('figures of the benchmark', () => {
  test.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })

  test('a summary has the lowest, the highest, and the rounds in their order', () => {
    expect(summary([3, 1, 2])).toEqual({ median: 2, lowest: 1, highest: 3, rounds: [3, 1, 2] })
    expect(summary([])).toBeUndefined()
  })

  test('ratios are formed round by round, for the rounds that both have', () => {
    expect(ratios([20, 40, 22], [10, 40, 20])).toEqual([2, 1, 1.1])
    expect(ratios([20, 40, 22], [10])).toEqual([2])
    expect(ratios([20], [10, 40, 20])).toEqual([2])
  })

  test.each([
    [{ atMost: 1.5 }, 1.5, true],
    [{ atMost: 1.5 }, 1.51, false],
    [{ atLeast: 0.9 }, 0.9, true],
    [{ atLeast: 0.9 }, 0.89, false],
  ])('%j and %d: reached is %j', (target, value, expected) => {
    expect(isReached(target, value)).toBe(expected)
  })

  test('a ratio is the median of the ratios, not the ratio of the medians', () => {
    expect(row.values['worker@20']?.median).toBe(22)
    expect(row.ratios['worker@20']).toEqual({ median: 1.1, lowest: 1, highest: 2, rounds: [2, 1, 1.1] })
    expect(row.ratios).not.toHaveProperty('C')
  })

  test('a target counts for the kinds of columns that it names', () => {
    expect(row.targets).toEqual({
      'worker@20': { atMost: 1.5, of: 'C', value: 1.1, isReached: true },
      'worker@26': { atMost: 1.5, of: 'C', value: 1.6, isReached: false },
    })
  })

  test('a target that is a ratio to node:net is one to that of the same Node, and none without it', () => {
    const targets = { worker: { atLeast: 1, of: 'node:net' } }
    const found = rowOf({ id: 'http' }, { ...figure, targets }, { columns, outcomes })
    expect(found.targets).toEqual({ 'worker@20': { atLeast: 1, of: 'node:net', value: 0.5, isReached: false } })
  })

  test('a target without another column is one of the value itself', () => {
    const plain = { ...figure, noRatio: true, targets: { worker: { atMost: 30 } } }
    const found = rowOf({ id: 'memory' }, plain, { columns, outcomes })
    expect(found.ratios).toEqual({})
    expect(found.targets['worker@20']).toEqual({ atMost: 30, value: 22, isReached: true })
    expect(found.targets['worker@26']).toEqual({ atMost: 30, value: 32, isReached: false })
  })

  test('rounds without a figure do not count, and a column without any has no value', () => {
    const of = (outcome: number) => (outcome > 30 ? undefined : outcome)
    const found = rowOf({ id: 'trips' }, { ...figure, of }, { columns, outcomes: { C: [40], 'worker@20': [20, 40] } })
    expect(Object.keys(found.values)).toEqual(['worker@20'])
    expect(found.values['worker@20']?.rounds).toEqual([20])
  })
})

describe('a report of the benchmark', () => {
  test.each([
    ['C', '20.0 (10.0–40.0)'],
    ['worker@20', '22.0 = 1.10 (1.00–2.00) × ✓'],
    ['worker@26', '32.0 = 1.60 × ✗'],
    ['node:net@20', '60.0 = 3.00 (2.00–3.00) ×'],
    ['node:net@26', '-'],
  ])('the cell of %s is %s', (id, text) => {
    expect(cellOf(row, { id })).toBe(text)
  })

  test('ratios far below 1 keep two digits that mean something', () => {
    const slow = { ...row, ratios: { 'worker@20': { median: 0.0021, lowest: 0.002, highest: 0.0022, rounds: [] } } }
    expect(cellOf(slow, { id: 'worker@20' })).toBe('22.0 = 0.0021 (0.0020–0.0022) × ✓')
  })

  test('what is to be reached is said once for all columns that shall reach it', () => {
    expect(targetText(row)).toBe('worker ≤ 1.5 × C')
  })

  test('the verdict counts targets and names those that are missed', () => {
    expect(verdict(report)).toEqual([
      '1 of 2 targets are reached; not:',
      '  round trip, worker@26: 1.60 instead of at most 1.5 × C',
    ])
  })

  test('it is what its description says', () => {
    expect(checked(JSON.parse(JSON.stringify(report)))).toEqual(report)
  })

  test.each([
    ['another version', { version: 2 }, 'report.version must be one, not 2'],
    ['a missing field', { rows: undefined }, 'report.rows must be a list'],
    ['a number that is none', { rows: [{ ...row, values: { C: { ...row.values['C'], median: null } } }] }, 'median'],
    ['a field that nobody knows', { more: 1 }, 'report has a field more, which is not known'],
    ['a column that nobody knows', { columns: [] }, 'the row trip has a column C, which the report does not'],
    ['a kind that nobody knows', { columns: [{ id: 'C', kind: 'D', node: null }] }, 'must be kind, not "D"'],
  ])('%s is refused', (_, change, message) => {
    expect(() => checked({ ...report, ...change })).toThrow(message)
  })

  test('it becomes a table for each Node, between the marks', () => {
    const text = withTable('before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n', markdown(report))
    expect(text).toMatch(/^before\n<!-- bench -->\n/)
    expect(text).toMatch(/\n<!-- \/bench -->\nafter\n$/)
    expect(text).not.toContain('old')
    expect(text).toContain('| Node 20.1.0 | native C | worker | node:net | to reach |')
    expect(text).toContain('| round trip | 20.0 (10.0–40.0) µs | 32.0 µs = 1.60 × ✗ | - | worker ≤ 1.5 × C |')
    expect(() => withTable('no marks', '')).toThrow('missing')
  })

  test('in the plot, less time lies further to the right', () => {
    const svg = plot(report)
    const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="(?!54)/g)].map((dot) => Number(dot[1]))
    const native = Number(/x1="([\d.]+)"[^>]+stroke="#57606a"/.exec(svg)?.[1])
    expect(dots).toHaveLength(1) // of the last Node, where node:net was not measured
    expect(dots[0]).toBeLessThan(native)
    expect(svg).toContain('A &lt;fast> one')
  })
})
