// A report as a plot: how fast each column is, native C being 1, with the spread of the rounds.
import { machineLine, tablesOf, titleOf } from './cells.mjs'

const colours = { worker: '#0969da', suspend: '#8250df', native: '#1a7f37', 'node:net': '#bc4c00' }
const left = 250
const width = 900
const perColumn = 13
const gap = 15
const top = 74
const ticks = [0.1, 0.2, 0.5, 1, 2, 5]

const clamped = (speed) => Math.min(5, Math.max(0.1, speed))
const x = (speed) => left + ((width - left - 30) * Math.log(clamped(speed) / 0.1)) / Math.log(50)

/** The last Node's columns, as SVG. */
export function plot(report) {
  const { node, columns } = tablesOf(report).at(-1)
  const shown = columns.filter(({ kind }) => kind !== 'C')
  const rows = report.rows.filter(({ ratios }) => shown.some(({ id }) => ratios[id] !== undefined))
  const rowHeight = shown.length * perColumn + gap
  const height = top + rows.length * rowHeight + 24
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(
      12,
      20,
      'Speed, native C = 1 (further to the right is faster; bars show the lowest and highest round)',
      'font-weight="bold"',
    ),
    text(
      12,
      38,
      `${machineLine(report)}${node === null ? '' : `, Node ${node}`}, ${report.rounds} rounds; what lies further out is drawn at the edge`,
    ),
    ...shown.flatMap(legend),
    ...ticks.flatMap((tick) => axis(tick, height)),
    ...rows.flatMap((row, place) => rowOf(row, shown, top + place * rowHeight)),
    '</svg>',
    '',
  ].join('\n')
}

function legend(column, place) {
  const at = left + place * 110
  return [`<circle cx="${at}" cy="54" r="4" fill="${colours[column.kind]}"/>`, text(at + 9, 58, titleOf(column))]
}

function axis(tick, height) {
  const look = tick === 1 ? 'stroke="#57606a"' : 'stroke="#d0d7de"'
  const line = `<line x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${top - 8}" y2="${height - 20}" ${look}/>`
  return [line, text(x(tick), height - 6, tick, 'text-anchor="middle"')]
}

function rowOf(row, columns, y) {
  const dots = columns.flatMap((column, place) => dot(row, column, y + 8 + place * perColumn))
  return [text(left - 14, y + 8 + (columns.length * perColumn) / 2, row.title, 'text-anchor="end"'), ...dots]
}

/** Of what takes time, speed is the inverse. */
function dot({ ratios, better }, { id, kind }, y) {
  const ratio = ratios[id]
  if (ratio === undefined) return []
  const speed = (value) => round(x(better === 'lower' ? 1 / value : value))
  const colour = colours[kind]
  return [
    `<line x1="${speed(ratio.lowest)}" x2="${speed(ratio.highest)}" y1="${y}" y2="${y}" stroke="${colour}" stroke-width="2"/>`,
    `<circle cx="${speed(ratio.median)}" cy="${y}" r="4" fill="${colour}"/>`,
  ]
}

const round = (value) => Number(value.toFixed(1))

const escaped = (value) => String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function text(at, y, value, look = '') {
  return `<text x="${round(at)}" y="${round(y)}" fill="#24292f" ${look}>${escaped(value)}</text>`
}
