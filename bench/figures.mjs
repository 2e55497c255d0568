// The maths of a report: medians, spreads, ratios round by round, and whether a target is reached.

/** @typedef {{ median: number, lowest: number, highest: number, rounds: number[] }} Summary */

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The summary of the values of all rounds; undefined where there are none. */
export function summary(values) {
  if (values.length === 0) return undefined
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values), rounds: values }
}

/** Each round's value by that of another column in the same round: what disturbed one has disturbed the other. */
export function ratios(values, others) {
  return values.slice(0, others.length).map((value, round) => value / others[round])
}

/** Whether a value is what a target, `{ atMost }` or `{ atLeast }`, asks for. */
export function isReached({ atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }, value) {
  return value <= atMost && value >= atLeast
}

/**
 * The row of one figure of a measurement: the values of each column, their ratios to the native program, and its targets. A target
 * stands for a kind of column; `of` names the column it is a ratio to, `C` or the `node:net` of the same Node.
 */
export function rowOf(measurement, figure, { columns, outcomes }) {
  const { id, title, unit, digits, better, noRatio = false, targets = {} } = figure
  const perColumn = (value) =>
    Object.fromEntries(columns.map((column) => [column.id, value(column)]).filter(([, each]) => each !== undefined))
  const values = perColumn((column) => summary(valuesOf(figure, outcomes[column.id])))
  const ratioTo = (column, other) => summary(ratios(values[column.id]?.rounds ?? [], values[other?.id]?.rounds ?? []))
  const native = columns.find(({ kind }) => kind === 'C')
  return {
    id,
    measurement: measurement.id,
    title,
    unit,
    digits,
    better,
    values,
    // Of a native program the kernel holds nearly all that it needs: its memory is no measure.
    ratios: noRatio ? {} : perColumn((column) => (column === native ? undefined : ratioTo(column, native))),
    targets: perColumn((column) => {
      const target = targets[column.kind]
      const by = columns.find(
        (other) => other.kind === target?.of && (other.kind === 'C' || other.node === column.node),
      )
      const found = target?.of === undefined ? values[column.id] : ratioTo(column, by)
      if (target === undefined || found === undefined) return undefined
      return { ...target, value: found.median, isReached: isReached(target, found.median) }
    }),
  }
}

/** A figure that a column does not have is undefined there. */
function valuesOf({ of }, outcomes = []) {
  return outcomes.map(of).filter((value) => value !== undefined && Number.isFinite(value))
}
