import { builtIn } from '../bridge/built-in.js'
import { type ByteReader, type ByteWriter, malformed } from './bytes.js'

/*
 * A value is a byte that says what it is, 0 to 3 for those of `constants`, and then:
 *
 *   INTEGER    varint, the sign in its lowest bit          DOUBLE   8 bytes, little-endian
 *   BIGINT     as TEXT, in decimal                         TEXT     varint length, UTF-8
 *   BYTES      varint length, the bytes                    DIGEST   varint length, the first 32 bytes, SHA-256 of all
 *   LIST       varint count, the values                    OBJECT   varint count, for each a key and a value
 *
 * A key is a byte that is its place in `keys`, from 1 on; or 0 and its text.
 */
const [INTEGER, DOUBLE, BIGINT, TEXT, BYTES, DIGEST, LIST, OBJECT] = [4, 5, 6, 7, 8, 9, 10, 11]
const constants = [undefined, null, false, true]

/** Names that calls are full of. New ones go to the end: the places stand in recordings. */
// biome-ignore format: a list
const keys = [
  'handle', 'events', 'on', 'timeoutMs', 'since', 'receiving', 'sending', 'tag', 'into', 'peek', 'data', 'to', 'family', 'host', 'port',
  'scope', 'path', 'type', 'backlog', 'peer', 'length', 'from', 'end', 'abort', 'option', 'value', 'group', 'via', 'is', 'hosts', 'name',
  'reason', 'index', 'fd', 'offset', 'whence', 'size', 'filetype', 'links', 'device', 'inode', 'accessed', 'modified', 'changed',
  'code', 'stopped', 'isTerminal', 'isWaitable', 'isFile', 'polls', 'count',
]
const places = new Map(keys.map((key, index) => [key, index + 1]))

const START_BYTES = 32
const SHA256_BYTES = 32
/** Integers up to this are written as such: with the sign they stay safe. */
const MOST_INTEGER = 2 ** 51
const MOST_NESTED = 16

/** What stands for bytes that are not kept. */
export class Digest {
  readonly length: number
  readonly start: Uint8Array
  readonly sha256: Uint8Array

  constructor(length: number, start: Uint8Array, sha256: Uint8Array) {
    this.length = length
    this.start = start
    this.sha256 = sha256
  }

  static of(bytes: Uint8Array): Digest {
    const sha256 = new Uint8Array(builtIn('node:crypto').createHash('sha256').update(bytes).digest())
    return new Digest(bytes.length, new Uint8Array(bytes.subarray(0, START_BYTES)), sha256)
  }
}

/** Writes a value. An object's `undefined` members count as absent. Equal values give equal bytes if their keys stand in the same order. */
export function writeValue(to: ByteWriter, value: unknown): void {
  if (typeof value === 'number') writeNumber(to, value)
  else if (constants.includes(value as undefined)) to.byte(constants.indexOf(value as undefined))
  else if (typeof value === 'string') writeText(to, TEXT, value)
  else if (typeof value === 'bigint') writeText(to, BIGINT, String(value))
  else if (value instanceof Uint8Array) {
    to.byte(BYTES)
    to.sized(value)
  } else if (value instanceof Digest) {
    to.byte(DIGEST)
    to.varint(value.length)
    to.raw(value.start)
    to.raw(value.sha256)
  } else if (Array.isArray(value)) {
    to.byte(LIST)
    to.varint(value.length)
    for (const each of value) writeValue(to, each)
  } else if (typeof value === 'object') writeObject(to, value as object)
  else throw new TypeError(`a ${typeof value} cannot be recorded`)
}

/** Reads one back; bytes are copies. */
export function readValue(from: ByteReader, depth = 0): unknown {
  if (depth > MOST_NESTED) throw malformed()
  from.countValue()
  const tag = from.byte()
  if (tag < constants.length) return constants[tag]
  if (tag === INTEGER) return readInteger(from.varint())
  if (tag === DOUBLE) return from.double()
  if (tag === BIGINT) return readBigInt(from.text())
  if (tag === TEXT) return from.text()
  if (tag === BYTES) return new Uint8Array(from.sized())
  if (tag === DIGEST) return readDigest(from)
  if (tag === LIST) return readTimes(from.varint(), () => readValue(from, depth + 1))
  if (tag !== OBJECT) throw malformed()
  return Object.fromEntries(readTimes(from.varint(), () => [readKey(from), readValue(from, depth + 1)] as const))
}

function writeNumber(to: ByteWriter, value: number): void {
  if (Number.isInteger(value) && Math.abs(value) <= MOST_INTEGER && !Object.is(value, -0)) {
    to.byte(INTEGER)
    to.varint(value < 0 ? -2 * value - 1 : 2 * value)
  } else {
    to.byte(DOUBLE)
    to.double(value)
  }
}

function writeText(to: ByteWriter, tag: number, text: string): void {
  to.byte(tag)
  to.sized(Buffer.from(text))
}

function writeObject(to: ByteWriter, value: object): void {
  const members = value as Readonly<Record<string, unknown>>
  const names = Object.keys(members)
  let count = 0
  for (const name of names) if (members[name] !== undefined) count++
  to.byte(OBJECT)
  to.varint(count)
  for (const name of names) {
    if (members[name] === undefined) continue
    const place = places.get(name) ?? 0
    to.byte(place)
    if (place === 0) to.sized(Buffer.from(name))
    writeValue(to, members[name])
  }
}

function readInteger(written: number): number {
  return written % 2 === 0 ? written / 2 : -(written + 1) / 2
}

function readBigInt(text: string): bigint {
  if (!/^-?\d{1,40}$/.test(text)) throw malformed()
  return BigInt(text)
}

function readDigest(from: ByteReader): Digest {
  const length = from.varint()
  const start = from.raw(Math.min(length, START_BYTES))
  return new Digest(length, new Uint8Array(start), new Uint8Array(from.raw(SHA256_BYTES)))
}

function readKey(from: ByteReader): string {
  const place = from.byte()
  const key = place === 0 ? from.text() : keys[place - 1]
  if (key === undefined) throw malformed()
  return key
}

/** Each takes a byte at least, and is counted, so that a number that is too large comes to the end soon. */
function readTimes<T>(count: number, read: () => T): T[] {
  const found: T[] = []
  while (found.length < count) found.push(read())
  return found
}
