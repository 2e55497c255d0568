// A report as text for a terminal.
import { cellOf, machineLine, tablesOf, targetText, titleOf, verdict } from './cells.mjs'

export function reportText(report) {
  const { rounds, missing, remarks } = report
  return [
    machineLine(report),
    `${rounds} rounds, the columns taking turns. Medians; = ratio to native C, formed round by round (lowest–highest).`,
    ...tablesOf(report).map(
      (part) => `${part.node === null ? '' : `\nNode ${part.node}\n`}${table(report.rows, part.columns)}`,
    ),
    '',
    ...verdict(report),
    ...[...missing.map(missingText), ...remarks].map((line, place) => (place === 0 ? `\n${line}` : line)),
  ].join('\n')
}

const missingText = ({ kind, node, reason }) =>
  `There is no column ${kind}${node === null ? '' : ` under Node ${node}`}: ${reason}`

function table(rows, columns) {
  const head = ['', 'unit', ...columns.map(titleOf), 'to reach']
  const body = rows.map((row) => [
    row.title,
    row.unit,
    ...columns.map((column) => cellOf(row, column)),
    targetText(row),
  ])
  const widths = head.map((_, place) => Math.max(...[head, ...body].map((cells) => cells[place].length)))
  const line = (cells) =>
    cells
      .map((cell, place) => cell.padEnd(widths[place]))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '─'.repeat(width))), ...body.map(line)].join('\n')
}
