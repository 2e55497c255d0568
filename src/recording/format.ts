import { quote } from '../abi/params.js'
import { AGAIN, DONE, DRAINED } from '../network/network.js'
import { type Address, formatAddress } from '../posix/address.js'
import * as constants from '../posix/constants.js'
import { printable, quoted } from '../posix/printable.js'
import type { CallName } from './call-names.js'
import { type Outcome, type RecordedCall, readInput } from './calls.js'
import { isPlain } from './shape.js'
import { readStopReason } from './stop-reason.js'
import { Digest } from './values.js'

/** A call as `recording show` prints it: `receive(handle=3, into=4096, peek=false) = 5 "hello" <0.000012>`. */
export function formatTimed(call: RecordedCall): string {
  return `${formatRecorded(call)} <${(call.took / 1e6).toFixed(6)}>`
}

/** The same without its time. */
export function formatRecorded({ name, input, outcome }: RecordedCall): string {
  const came = formatOutcome(outcome)
  return printable(`${formatAsked(name, input)}${came === '' ? '' : ` = ${came}`}`)
}

/** A call, by its encoded input. */
export function formatAsked(name: CallName, input: Buffer): string {
  return printable(`${name}(${members(readInput(input))})`)
}

function formatOutcome({ is, value, bytes }: Outcome): string {
  if (is === 'errno') return `-1 ${value}`
  if (is === 'stopped') return `? (the guest was stopped: ${readStopReason(value).message})`
  if (value === AGAIN) return AGAIN
  const parts = [value === undefined ? '' : formatValue(value), bytes.length === 0 ? '' : quote(bytes)]
  return parts.filter((part) => part !== '').join(' ')
}

function members(of: object): string {
  return Object.entries(of)
    .map(([key, value]) => `${key}=${key === 'events' ? formatEvents(value) : formatValue(value)}`)
    .join(', ')
}

function formatValue(value: unknown): string {
  if (value instanceof Uint8Array) return quote(value)
  if (value instanceof Digest)
    return `${quote(value.start)}… (${value.length} bytes, sha-256 ${Buffer.from(value.sha256).toString('hex', 0, 4)}…)`
  if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`
  if (isAddress(value)) return formatAddress(value)
  if (typeof value === 'object' && value !== null) return `{${members(value)}}`
  return typeof value === 'string' ? quoted(value) : String(value)
}

function isAddress(value: unknown): value is Address {
  if (!isPlain(value)) return false
  const { family, host, port, path } = value
  if (family === 'unix') return typeof path === 'string'
  return (family === 'inet' || family === 'inet6') && typeof host === 'string' && typeof port === 'number'
}

const bits = [
  ['POLLIN', constants.POLLIN],
  ['POLLOUT', constants.POLLOUT],
  ['POLLERR', constants.POLLERR],
  ['POLLHUP', constants.POLLHUP],
  ['POLLRDHUP', constants.POLLRDHUP],
  ['POLLRDNORM', constants.POLLRDNORM],
  ['DONE', DONE],
  ['DRAINED', DRAINED],
] as const

function formatEvents(events: unknown): string {
  if (typeof events !== 'number' || events === 0) return String(events)
  const known = bits.filter(([, bit]) => (events & bit) !== 0)
  const rest = known.reduce((left, [, bit]) => left & ~bit, events)
  return [...known.map(([name]) => name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])].join('|')
}
