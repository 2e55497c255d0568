// What a report says in words and numbers, for the tables on the terminal and in docs/performance.md.

const titles = { C: 'native C', worker: 'worker', suspend: 'suspend', native: 'native', 'node:net': 'node:net' }

export const titleOf = ({ kind }) => titles[kind]

/** The Nodes of a report, each with the columns that are compared under it. Without any, the native programs stand alone. */
export function tablesOf({ columns }) {
  const nodes = [...new Set(columns.map(({ node }) => node).filter((node) => node !== null))]
  return (nodes.length > 0 ? nodes : [null]).map((node) => ({
    node,
    columns: columns.filter((column) => column.kind === 'C' || column.node === node),
  }))
}

const number = (value, digits) =>
  value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })

const withSpread = ({ median, lowest, highest }, digits) =>
  lowest === highest
    ? number(median, digits)
    : `${number(median, digits)} (${number(lowest, digits)}–${number(highest, digits)})`

/** Two digits that mean something. */
const ratioDigits = ({ median }) => (median < 0.0095 ? 4 : median < 0.095 ? 3 : 2)

/** A value, the ratio to the native program with its spread where there is one, and whether the target is reached. */
export function cellOf({ values, ratios, targets, digits, unit }, { id }, { withUnit = false } = {}) {
  const value = values[id]
  if (value === undefined) return '-'
  const ratio = ratios[id]
  const mark = targets[id] === undefined ? '' : targets[id].isReached ? ' ✓' : ' ✗'
  const measure = withUnit && unit !== '' ? ` ${unit}` : ''
  if (ratio === undefined) return `${withSpread(value, digits)}${measure}${mark}`
  return `${number(value.median, digits)}${measure} = ${withSpread(ratio, ratioDigits(ratio))} ×${mark}`
}

/** What is to be reached, by each kind of column that has a target. */
export function targetText({ targets, unit }) {
  const texts = Object.entries(targets).map(([id, { atMost, atLeast, of }]) => {
    const limit = `${atMost === undefined ? '≥' : '≤'} ${atMost ?? atLeast} ${of === undefined ? unit : `× ${of}`}`
    return { kind: id.split('@')[0], limit: limit.trim() }
  })
  const limits = [...new Set(texts.map(({ limit }) => limit))]
  const kindsOf = (limit) => [...new Set(texts.filter((one) => one.limit === limit).map(({ kind }) => kind))]
  return limits.map((limit) => `${kindsOf(limit).join(', ')} ${limit}`).join('; ')
}

/** One line for each target that is missed, and how many are reached. */
export function verdict({ rows }) {
  const all = rows.flatMap((row) => Object.entries(row.targets).map(([id, target]) => ({ row, id, target })))
  const missed = all.filter(({ target }) => !target.isReached)
  const lines = missed.map(({ row, id, target: { value, atMost, atLeast, of } }) => {
    const limit = `${atMost === undefined ? 'at least' : 'at most'} ${atMost ?? atLeast}`
    return `  ${row.title}, ${id}: ${number(value, 2)} instead of ${limit} ${of === undefined ? row.unit : `× ${of}`}`
  })
  return [
    `${all.length - missed.length} of ${all.length} targets are reached${lines.length > 0 ? '; not:' : '.'}`,
    ...lines,
  ]
}

/** Where it was measured. */
export function machineLine({ machine: { processor, cores, system }, pinned }) {
  return `${processor}, ${cores} cores, ${system}${pinned ? ', the two ends kept on different processors' : ''}`
}
