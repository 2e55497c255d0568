import type { Figures, SocketFigures } from '../network/figures/figures.js'
import { transportOf } from '../network/figures/figures.js'
import { formatAddress } from '../posix/address.js'
import { printable } from '../posix/printable.js'

/** A table for people, without a line break at its end. */
export function formatFigures(figures: Figures): string {
  const { connections, lookups, sockets, waits, blockedMs, errors } = figures
  const errnos = Object.entries(errors).map(([errno, count]) => `${count} ${errno}`)
  const parts = [
    transportTable(figures),
    [
      `sockets      ${sockets.opened} opened, ${sockets.closed} closed, ${sockets.mostOpen} at most at once`,
      `connections  ${connections.made} made, ${connections.accepted} accepted, ${connections.refused} refused, ${connections.failed} failed`,
      `look-ups     ${lookups.asked}, ${lookups.failed} failed`,
      `waits        ${waits}, ${(blockedMs / 1000).toFixed(3)} s`,
      `errors       ${errnos.join(', ') || 'none'}`,
    ].join('\n'),
    operationTable(figures),
    socketTable(figures.open),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function transportTable({ transports }: Figures): string {
  const used = Object.entries(transports).filter(([, { opened }]) => opened > 0)
  const rows = used.map(([name, each]) => [
    name,
    each.opened,
    each.open,
    each.bytesSent,
    each.bytesReceived,
    each.datagramsSent,
    each.datagramsReceived,
  ])
  const head = ['transport', 'opened', 'open', 'bytes sent', 'received', 'datagrams sent', 'received']
  return table(head, rows)
}

/** Those asked most often first. */
function operationTable({ operations }: Figures): string {
  const rows = Object.entries(operations)
    .sort(([, one], [, other]) => other.calls - one.calls)
    .map(([name, { calls, retries, errors }]) => [name, calls, retries, errors])
  return table(['operation', 'calls', 'retries', 'errors'], rows)
}

/** How many sockets are shown, the busiest of them. */
const MOST_SHOWN = 20

function socketTable(open: readonly SocketFigures[]): string {
  const busiest = [...open].sort((one, other) => other.operations - one.operations).slice(0, MOST_SHOWN)
  const rows = busiest.map((socket) => [ends(socket), socket.bytesSent, socket.bytesReceived, socket.operations])
  const left = open.length - busiest.length
  const shown = table(['still open', 'bytes sent', 'received', 'operations'], rows)
  return left > 0 ? `${shown}\nand ${left} more` : shown
}

function ends(socket: SocketFigures): string {
  const { local, peer, state } = socket
  const from = local === undefined ? '' : ` ${formatAddress(local)}`
  const to = peer === undefined ? '' : ` -> ${formatAddress(peer)}`
  return printable(`${transportOf(socket)} ${state}${from}${to}`)
}

/** The first column to the left, numbers to the right. Empty without rows. */
function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  if (rows.length === 0) return ''
  const cells = [head, ...rows].map((row) => row.map(String))
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] as string).length)))
  const [first = 0] = widths
  const lines = cells.map(([name = '', ...numbers]) =>
    [name.padEnd(first), ...numbers.map((cell, index) => cell.padStart(widths[index + 1] as number))].join('  '),
  )
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}
