// What `--json` prints, and what `--write` and `--from` take: made, checked, and described in docs/performance.md.
import os from 'node:os'

/** The shape of a report, as data: what a field must be. A name with `?` may be missing. */
const shapes = {
  report: {
    version: 'one',
    machine: 'machine',
    rounds: 'count',
    warmMs: 'number',
    runMs: 'number',
    pinned: 'boolean',
    columns: ['column'],
    missing: ['missing'],
    rows: ['row'],
    remarks: ['text'],
  },
  machine: { processor: 'text', cores: 'count', system: 'text' },
  column: { id: 'text', kind: 'kind', node: 'textOrNull' },
  missing: { kind: 'kind', node: 'textOrNull', reason: 'text' },
  row: {
    id: 'text',
    measurement: 'text',
    title: 'text',
    unit: 'text',
    digits: 'number',
    better: 'better',
    values: { each: 'summary' },
    ratios: { each: 'summary' },
    targets: { each: 'target' },
  },
  summary: { median: 'number', lowest: 'number', highest: 'number', rounds: ['number'] },
  target: { 'atMost?': 'number', 'atLeast?': 'number', 'of?': 'kind', value: 'number', isReached: 'boolean' },
}

const plain = {
  one: (value) => value === 1,
  number: Number.isFinite,
  count: (value) => Number.isInteger(value) && value > 0,
  text: (value) => typeof value === 'string',
  textOrNull: (value) => value === null || typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  better: (value) => value === 'lower' || value === 'higher',
  kind: (value) => ['C', 'worker', 'suspend', 'native', 'node:net'].includes(value),
}

/** Answers the report, or throws an error that names what in it is not as described. */
export function checked(report) {
  check(report, 'report', 'report')
  const ids = new Set(report.columns.map(({ id }) => id))
  for (const row of report.rows)
    for (const id of ['values', 'ratios', 'targets'].flatMap((part) => Object.keys(row[part])))
      if (!ids.has(id)) throw new Error(`the row ${row.id} has a column ${id}, which the report does not`)
  return report
}

function check(value, shape, path) {
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) throw new Error(`${path} must be a list`)
    for (const [place, one] of value.entries()) check(one, shape[0], `${path}[${place}]`)
  } else if (typeof shape === 'string' && shape in plain) {
    if (!plain[shape](value)) throw new Error(`${path} must be ${shape}, not ${JSON.stringify(value)}`)
  } else checkFields(value, typeof shape === 'string' ? shapes[shape] : shape, path)
}

function checkFields(value, fields, path) {
  if (typeof value !== 'object' || value === null) throw new Error(`${path} must be an object`)
  if ('each' in fields) {
    for (const [name, one] of Object.entries(value)) check(one, fields.each, `${path}.${name}`)
    return
  }
  for (const [written, shape] of Object.entries(fields)) {
    const name = written.replace('?', '')
    if (name in value || name === written) check(value[name], shape, `${path}.${name}`)
  }
  const unknown = Object.keys(value).find((name) => !(name in fields) && !(`${name}?` in fields))
  if (unknown !== undefined) throw new Error(`${path} has a field ${unknown}, which is not known`)
}

export function makeReport({ rounds, times, pinned, columns, missing, rows, remarks }) {
  const { warmMs, runMs } = times
  return checked({
    version: 1,
    machine: {
      processor: os.cpus()[0]?.model ?? 'unknown processor',
      cores: os.availableParallelism(),
      system: `${os.type()} ${os.release()} ${os.arch()}`,
    },
    rounds,
    warmMs,
    runMs,
    pinned,
    columns: columns.map(({ id, kind, node }) => ({ id, kind, node: node?.version ?? null })),
    missing,
    rows,
    remarks,
  })
}
