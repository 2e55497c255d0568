import fs from 'node:fs'
import { ByteWriter } from './bytes.js'
import { crc32 } from './checksum.js'
import { RecordingError } from './errors.js'

/*
 * A file of frames, each with a checksum that goes on from the one before, so that the last one is that of the whole file.
 *
 *   0    89 50 57 52 0d 0a 1a 0a   magic: no text file, and broken by whatever changes line ends
 *   8    format version            u32, all numbers little-endian
 *   12   frames:  length of the body, u32 | CRC-32 of all lengths and bodies up to here, after that of bytes 0 to 11, u32 | body
 *        the last frame's body is 00, the number of frames before it, u32, and the mark; a note's begins with FF
 */
const MAGIC = Buffer.from([0x89, 0x50, 0x57, 0x52, 0x0d, 0x0a, 0x1a, 0x0a])
export const FORMAT_VERSION = 1
const START_BYTES = 12
const HEAD_BYTES = 8
const END = 0
/** How the body of a frame begins that says something to people, and nothing to a replay. */
export const NOTE = 0xff
const END_MARK = Buffer.from('\0the end')
const END_BYTES = 1 + 4 + END_MARK.length
/** A frame is in memory as a whole. */
const MOST_BODY_BYTES = 2 ** 30
const PIECE_BYTES = 256 * 1024

/** A place between two frames, and what is needed to go on from there. */
export interface FramePosition {
  /** In the file. */
  readonly at: number
  /** Of all bytes before. */
  readonly crc: number
  /** Frames before. */
  readonly count: number
}

/** Writes a file of frames: each is with the system before `append` returns. */
export class FrameWriter {
  readonly #file: string
  readonly #fd: number
  readonly #out = new ByteWriter()
  #crc: number
  #count: number
  #failure: RecordingError | undefined

  /**
   * Begins a new file, which only its owner can read: a recording holds whatever the guest was told. Or goes on with one `from` some
   * place, and cuts off what comes behind.
   */
  constructor(file: string, from?: FramePosition) {
    const start = startBytes()
    this.#file = file
    this.#crc = from?.crc ?? crc32(start, 0)
    this.#count = from?.count ?? 0
    try {
      this.#fd = fs.openSync(file, from === undefined ? 'w' : 'a', 0o600)
      if (from === undefined)
        fs.fchmodSync(this.#fd, 0o600) // of a file that was there already, too
      else fs.ftruncateSync(this.#fd, from.at)
    } catch (error) {
      throw unwritable(file, error)
    }
    if (from === undefined) this.#write(start)
  }

  /** Appends a frame whose body `write` writes. Bodies do not begin with 0. */
  append(write: (body: ByteWriter) => void): void {
    const out = this.#out
    out.rewind()
    out.raw(Buffer.alloc(HEAD_BYTES))
    write(out)
    const frame = out.written
    const bytes = frame.length - HEAD_BYTES
    if (bytes > MOST_BODY_BYTES) throw unwritable(this.#file, new Error('more than 1 GiB at once'))
    frame.writeUInt32LE(bytes, 0)
    this.#crc = crc32(frame.subarray(HEAD_BYTES), crc32(frame.subarray(0, 4), this.#crc))
    frame.writeUInt32LE(this.#crc, 4)
    this.#write(frame)
    this.#count++
  }

  /** Marks the file as complete, and closes it. */
  end(): void {
    const count = Buffer.alloc(4)
    count.writeUInt32LE(this.#count % 2 ** 32)
    try {
      this.append((body) => {
        body.byte(END)
        body.raw(count)
        body.raw(END_MARK)
      })
    } finally {
      fs.closeSync(this.#fd)
    }
  }

  #write(bytes: Buffer): void {
    if (this.#failure !== undefined) throw this.#failure
    try {
      for (let done = 0; done < bytes.length; ) done += fs.writeSync(this.#fd, bytes, done)
    } catch (error) {
      this.#failure = unwritable(this.#file, error)
      throw this.#failure
    }
  }
}

/** Reads a file of frames, and throws a `RecordingError` where it comes to something that was not written so. */
export class FrameReader {
  readonly file: string
  readonly #fd: number
  readonly #size: number
  #buffer = Buffer.allocUnsafe(PIECE_BYTES)
  /** What lies in the buffer and has not been taken yet. */
  #from = 0
  #to = 0
  /** Of the file, that have been taken. */
  #taken = 0
  #position: FramePosition
  #calls = 0
  #isDone = false

  constructor(file: string) {
    this.file = file
    ;[this.#fd, this.#size] = opened(file)
    try {
      this.#position = { at: START_BYTES, crc: this.#readStart(), count: 0 }
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Behind the last frame that was read; behind the last but one at the end of a complete file. */
  get position(): FramePosition {
    return this.#position
  }

  /** The body of the next frame, a view that holds until the next call; undefined after the last one of a complete file. */
  next(): Buffer | undefined {
    if (this.#isDone) return undefined
    if (this.#left < HEAD_BYTES) throw this.#broken()
    const head = Buffer.from(this.#take(HEAD_BYTES))
    const [bytes, crc] = [head.readUInt32LE(0), head.readUInt32LE(4)]
    if (bytes > this.#left) throw this.#broken()
    if (bytes > MOST_BODY_BYTES) throw this.#damaged()
    const body = this.#take(bytes)
    if (crc32(body, crc32(head.subarray(0, 4), this.#position.crc)) !== crc) throw this.#damaged()
    if (body[0] === END) return this.#finish(body)
    this.#position = { at: this.#taken, crc, count: this.#position.count + 1 }
    if (body[0] !== NOTE) this.#calls++
    return body
  }

  close(): void {
    fs.closeSync(this.#fd)
  }

  get #left(): number {
    return this.#size - this.#taken
  }

  #readStart(): number {
    const start = Buffer.from(this.#take(Math.min(START_BYTES, this.#size)))
    const magic = start.subarray(0, MAGIC.length)
    if (!magic.equals(MAGIC.subarray(0, magic.length)))
      throw new RecordingError('foreign', `${this.file} is not a recording of posix-wasm`)
    if (start.length < START_BYTES) throw this.#truncated()
    const version = start.readUInt32LE(MAGIC.length)
    if (version !== FORMAT_VERSION)
      throw new RecordingError(
        'version',
        `${this.file} has format ${version} of recordings; this posix-wasm reads format ${FORMAT_VERSION}`,
      )
    return crc32(start, 0)
  }

  #finish(body: Buffer): undefined {
    const isWhole = body.length === END_BYTES && body.subarray(-END_MARK.length).equals(END_MARK)
    if (!isWhole || body.readUInt32LE(1) !== this.#position.count % 2 ** 32 || this.#left > 0) throw this.#damaged()
    this.#isDone = true
  }

  /** A view of the next bytes. */
  #take(count: number): Buffer {
    if (this.#to - this.#from < count) this.#fill(count)
    const taken = this.#buffer.subarray(this.#from, this.#from + count)
    this.#from += count
    this.#taken += count
    return taken
  }

  #fill(count: number): void {
    const rest = this.#buffer.subarray(this.#from, this.#to)
    const isLarge = this.#buffer.length > PIECE_BYTES
    const target =
      count > this.#buffer.length || isLarge ? Buffer.allocUnsafe(Math.max(count, PIECE_BYTES)) : this.#buffer
    target.set(rest)
    this.#buffer = target
    this.#from = 0
    this.#to = rest.length
    while (this.#to < count) {
      const read = fs.readSync(this.#fd, target, this.#to, target.length - this.#to, null)
      if (read === 0) throw this.#truncated() // it was longer when it was opened
      this.#to += read
    }
  }

  /** A frame that is longer than the file: was the end lost, or is its length wrong? A complete file ends with the mark. */
  #broken(): RecordingError {
    const last = Buffer.alloc(END_MARK.length)
    fs.readSync(this.#fd, last, 0, last.length, Math.max(0, this.#size - last.length))
    return last.equals(END_MARK) ? this.#damaged() : this.#truncated()
  }

  #truncated(): RecordingError {
    const where = this.#calls <= 1 ? 'before its first call' : `after call ${this.#calls - 1}`
    return new RecordingError('truncated', `${this.file} is cut off ${where}: the guest or its host ended early`)
  }

  #damaged(): RecordingError {
    const where = this.#calls === 0 ? 'at its start' : `at call ${this.#calls}`
    return new RecordingError('damaged', `${this.file} is damaged ${where}: the checksum is not that of what is there`)
  }
}

function startBytes(): Buffer {
  const start = Buffer.alloc(START_BYTES)
  MAGIC.copy(start)
  start.writeUInt32LE(FORMAT_VERSION, MAGIC.length)
  return start
}

function opened(file: string): [fd: number, size: number] {
  try {
    const stat = fs.statSync(file)
    if (!stat.isFile()) throw new Error('it is no regular file')
    return [fs.openSync(file, 'r'), stat.size]
  } catch (error) {
    throw new RecordingError('unreadable', `cannot read the recording ${file}: ${reasonOf(error)}`, { cause: error })
  }
}

function unwritable(file: string, error: unknown): RecordingError {
  return new RecordingError('unwritable', `cannot write the recording ${file}: ${reasonOf(error)}`, { cause: error })
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'ENOENT' ? 'there is no such file or directory' : (code ?? message)
}
