import { ByteReader, type ByteWriter } from './bytes.js'
import { NOTE } from './frames.js'

/** A call of the guest's as its trace tells it. A replay makes its own. */
export interface Note {
  readonly text: string
  /** In microseconds. */
  readonly took: number
}

/* A note: FF, 1 byte | microseconds, varint | text, UTF-8, to the end */
export function writeNote(to: ByteWriter, { text, took }: Note): void {
  to.byte(NOTE)
  to.varint(took)
  to.raw(Buffer.from(text))
}

/** Reads one back; undefined for the body of another frame. */
export function readNote(body: Buffer): Note | undefined {
  if (body[0] !== NOTE) return undefined
  const from = new ByteReader(body.subarray(1))
  return { took: from.varint(), text: from.restOfText() }
}
