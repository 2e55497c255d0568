// From outcomes to rows, and from rows to a table.

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const summary = (values) =>
  values.length > 0
    ? { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), values }
    : undefined

/** The rows of a measurement, one for each of its figures. A ratio is the median of the ratios of each round. */
export function rows(measurement, { skipped, outcomes = {}, failures = {} }) {
  return measurement.figures.map(({ title, unit, digits, of, target, isMemory }) => {
    const columns = mapValues(outcomes, (list) => summary(list.map(of)))
    const natively = isMemory ? [] : (columns['native']?.values ?? []) // natively the kernel holds nearly all of it
    const { native: _, ...others } = columns
    const ratios = mapValues(others, (column) => summary(ratiosByRound(column?.values ?? [], natively)))
    const row = { measurement: measurement.name, title, unit, digits, columns, ratios, target, skipped, failures }
    return { ...row, met: isMet(row) }
  })
}

const ratiosByRound = (values, natively) =>
  values.slice(0, natively.length).map((value, round) => value / natively[round])

const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))

function isMet({ target, columns, ratios }) {
  const value = target?.timesNative ? ratios['guest']?.median : columns['guest']?.median
  if (target === undefined || value === undefined) return undefined
  return target.atMost !== undefined ? value <= target.atMost : value >= target.atLeast
}

const number = (value, digits) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

const spread = (column, digits) =>
  column ? `${number(column.median, digits)} (${number(column.lowest, digits)}–${number(column.highest, digits)})` : '-'

const ratio = (column) => (column ? `${column.median.toFixed(2)} ×` : '-')

function targetText({ target, unit, met }) {
  if (!target) return ''
  const sign = target.atMost !== undefined ? '≤' : '≥'
  const text = `${sign} ${target.atMost ?? target.atLeast} ${target.timesNative ? '× native' : unit}`
  return met === undefined ? text : `${text}, ${met ? 'met' : 'missed'}`
}

/** The table as text: median (lowest–highest) of each column, ratios to native, and the target. */
export function table(rows, columns) {
  const compared = columns.includes('native') ? columns.filter((name) => name !== 'native') : []
  const head = ['', 'unit', ...columns, ...compared.map((name) => `${name} / native`), 'target for the guest']
  const body = rows.map((row) => [
    row.title,
    row.unit,
    ...columns.map((name) => (row.skipped ? 'skipped' : spread(row.columns[name], row.digits))),
    ...compared.map((name) => ratio(row.ratios[name])),
    targetText(row),
  ])
  const widths = head.map((_, place) => Math.max(...[head, ...body].map((cells) => cells[place].length)))
  const line = (cells) =>
    cells.map((cell, place) => (isText(place, head) ? cell.padEnd(widths[place]) : cell.padStart(widths[place])))
  const rule = widths.map((width) => '─'.repeat(width))
  return [line(head), rule, ...body.map(line)].map((cells) => cells.join('  ').trimEnd()).join('\n')
}

const isText = (place, head) => place < 2 || place === head.length - 1
