import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { crc32ByTable, table } from '../../../src/recording/checksum.js'

/*
 * Recordings with valid checksums that say what no recorder writes. The encoder is independent of the recorder's: it writes any value,
 * and bytes that are none.
 */

const crc32 = crc32ByTable(table())
const MAGIC = [0x89, 0x50, 0x57, 0x52, 0x0d, 0x0a, 0x1a, 0x0a]

/** A value in the form of a recording's; a `Raw` is written as it is. */
export type Value = unknown
export class Raw {
  readonly bytes: Buffer

  constructor(...bytes: number[]) {
    this.bytes = Buffer.from(bytes)
  }
}

export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Buffer.from([...bytes, rest])
}

const sized = (bytes: Buffer) => Buffer.concat([varint(bytes.length), bytes])
const tagged = (tag: number, ...parts: Buffer[]) => Buffer.concat([Buffer.from([tag]), ...parts])

export function valueBytes(value: Value): Buffer {
  if (value instanceof Raw) return value.bytes
  const constant = [undefined, null, false, true].indexOf(value as undefined)
  if (constant >= 0) return Buffer.from([constant])
  if (typeof value === 'number') return numberBytes(value)
  if (typeof value === 'bigint') return tagged(6, sized(Buffer.from(String(value))))
  if (typeof value === 'string') return tagged(7, sized(Buffer.from(value)))
  if (value instanceof Uint8Array) return tagged(8, sized(Buffer.from(value)))
  if (Array.isArray(value)) return tagged(10, varint(value.length), ...value.map(valueBytes))
  const members = Object.entries(value as object)
  return tagged(11, varint(members.length), ...members.map(([name, each]) => memberBytes(name, each)))
}

function numberBytes(value: number): Buffer {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 51 && !Object.is(value, -0))
    return tagged(4, varint(value < 0 ? -2 * value - 1 : 2 * value))
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return tagged(5, bytes)
}

/** The names that have a number, as far as these tests need them in the recorder's own form. */
const known = ['handle', 'events', 'on', 'timeoutMs', 'since', 'receiving', 'sending', 'tag', 'into', 'peek', 'data', 'to', 'family', 'host', 'port', 'scope', 'path', 'type', 'backlog', 'peer', 'length', 'from', 'end', 'abort', 'option', 'value', 'group', 'via', 'is', 'hosts', 'name', 'reason', 'index', 'fd', 'offset', 'whence', 'size', 'filetype', 'links', 'device', 'inode', 'accessed', 'modified', 'changed', 'code', 'stopped', 'isTerminal', 'isWaitable', 'isFile', 'polls', 'count'] // biome-ignore format: a list

function memberBytes(name: string, value: Value): Buffer {
  const place = known.indexOf(name) + 1
  const key = place > 0 ? Buffer.from([place]) : tagged(0, sized(Buffer.from(name)))
  return Buffer.concat([key, valueBytes(value)])
}

export const [OUTPUT, ERRNO, STOPPED] = [0, 1, 2]
export const numbers = {
  ...{ open: 1, pair: 2, pipe: 3, bind: 4, listen: 5, accept: 6, connect: 7, send: 8, receive: 9, receiveFrom: 10 },
  ...{ shutdown: 11, close: 12, available: 13, localName: 14, peerName: 15, takeError: 16, setOption: 17 },
  ...{ getOption: 18, resolve: 19, resolveBack: 20, answer: 21, hostname: 22, interfaces: 23, wait: 24, startTls: 25 },
  ...{ tlsState: 26, now: 64, time: 65, random: 66, adopt: 67, stdio: 68, read: 69, write: 70, resume: 71 },
  ...{ pollHandle: 72, seek: 73, stat: 74, filestat: 75, exit: 76, stop: 77 },
} as const
export type Call = keyof typeof numbers

/** What came of a call, and the bytes that it filled. */
export interface Came {
  readonly outcome?: number
  readonly value?: Value
  readonly bytes?: Uint8Array
}

export function callBody(
  call: Call | number,
  input: Value,
  { outcome = OUTPUT, value, bytes = Buffer.alloc(0) }: Came,
): Buffer {
  const number = typeof call === 'number' ? call : numbers[call]
  return Buffer.concat([Buffer.from([number, outcome]), varint(1), sized(valueBytes(input)), valueBytes(value), bytes])
}

export const header = { module: '', args: [], env: {}, options: {} }
export const headerBody = (said: unknown) =>
  tagged(1, Buffer.from(typeof said === 'string' ? said : JSON.stringify(said)))
export const noteBody = (text: string) => tagged(0xff, varint(1), Buffer.from(text))
export const exitBody = (code = 0) => callBody('exit', { code }, {})

/** A complete file of these frames, each with its checksum. */
export function fileOf(bodies: readonly Uint8Array[]): Buffer {
  const start = Buffer.concat([Buffer.from(MAGIC), Buffer.from([1, 0, 0, 0])])
  const count = Buffer.alloc(4)
  count.writeUInt32LE(bodies.length)
  const end = Buffer.concat([Buffer.from([0]), count, Buffer.from('\0the end')])
  let crc = crc32(start, 0)
  const frames = [...bodies, end].map((body) => {
    const head = Buffer.alloc(8)
    head.writeUInt32LE(body.length, 0)
    crc = crc32(body, crc32(head.subarray(0, 4), crc))
    head.writeUInt32LE(crc, 4)
    return Buffer.concat([head, body])
  })
  return Buffer.concat([start, ...frames])
}

/** The bodies of the frames of a file, but for the last. */
export function bodiesOf(file: Buffer): Buffer[] {
  const bodies: Buffer[] = []
  for (let at = 12; at < file.length; ) {
    const length = file.readUInt32LE(at)
    bodies.push(file.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return bodies.slice(0, -1)
}

/** Where the value that a call came to stands in its body: behind two bytes, its time, and its input with its length. */
export function outputAt(body: Buffer): number {
  let at = 2
  const number = () => {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = body[at++] ?? 0
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }
  number()
  const length = number()
  return at + length
}

let place: string | undefined

/** Writes a file into a folder that the process removes at its end; returns its path. */
export function written(bytes: Uint8Array, name = 'forged.rec'): string {
  if (place === undefined) {
    const made = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-forged-'))
    process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }))
    place = made
  }
  const file = path.join(place, name)
  fs.writeFileSync(file, bytes)
  return file
}
