// Puts a report where people read it: the table into docs/performance.md, the plot into docs/performance.svg.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { cellOf, machineLine, tablesOf, targetText, titleOf, verdict } from './cells.mjs'
import { plot } from './plot.mjs'

const page = fileURLToPath(new URL('../docs/performance.md', import.meta.url))
const figure = fileURLToPath(new URL('../docs/performance.svg', import.meta.url))

export async function publish(report) {
  await writeFile(page, withTable(await readFile(page, 'utf8'), markdown(report)))
  await writeFile(figure, plot(report))
}

/** The text with what stands between the marks replaced. */
export function withTable(text, table) {
  const [before, between, after] = text.split(/(?<=<!-- bench -->\n)|(?=<!-- \/bench -->)/)
  if (between === undefined || after === undefined)
    throw new Error('the marks <!-- bench --> and <!-- /bench --> are missing')
  return `${before}${table}\n${after}`
}

export function markdown(report) {
  const [count] = verdict(report)
  return [
    `${machineLine(report)}; medians of ${report.rounds} rounds. = is the ratio to native C, with its lowest and highest; ✓ and ✗ say whether a target is reached. ${sentence(count)}`,
    ...tablesOf(report).map((part) => tableOf(report, part)),
  ].join('\n\n')
}

const sentence = (line) => line.replace(/; not:$/, '.')

function tableOf({ rows }, { node, columns }) {
  const head = [node === null ? '' : `Node ${node}`, ...columns.map(titleOf), 'to reach']
  const body = rows.map((row) => [
    row.title,
    ...columns.map((column) => cellOf(row, column, { withUnit: true })),
    targetText(row),
  ])
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}
