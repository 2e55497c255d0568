import { gather, gatheringPlace, scatter } from '../abi/iovec.js'
import { SysError } from '../posix/errno.js'
import type { Exchange } from './exchange.js'
import { MOST_AT_ONCE } from './exchange.js'
import { isRegular, type ProvidedFile } from './files.js'
import { FDFLAGS_APPEND } from './structures.js'

/** off_t has 63 bits. */
const MOST_OFFSET = (1n << 63n) - 1n
const [SET, CURRENT, END] = [0, 1, 2]

/** read(2) from where the file stands; a file that stands nowhere, such as a FIFO, is the provider's to read. */
export function readFile(exchange: Exchange, file: ProvidedFile, buffers: readonly Uint8Array[]): number {
  const length = readAt(exchange, file, buffers, isRegular(file) ? file.position : undefined)
  file.position += BigInt(length)
  return length
}

/** pread(2). */
export function readAt(
  exchange: Exchange,
  { number }: ProvidedFile,
  buffers: readonly Uint8Array[],
  offset?: bigint,
): number {
  return piecewise(buffers, (group, done) => {
    const place = gatheringPlace(group)
    const length = inPieces(place, offset, done, (piece, at) => {
      const bytes = exchange.read(number, piece.length, at)
      piece.set(bytes)
      return bytes.length
    })
    scatter(place, length, group)
    return length
  })
}

/** write(2) at where the file stands, or at its end with APPEND. */
export function writeFile(exchange: Exchange, file: ProvidedFile, buffers: readonly Uint8Array[]): number {
  if (!isRegular(file)) return writeAt(exchange, file, buffers)
  if ((file.flags & FDFLAGS_APPEND) !== 0) file.position = exchange.filestat(file.number).size
  const length = writeAt(exchange, file, buffers, file.position)
  file.position += BigInt(length)
  return length
}

/** pwrite(2). */
export function writeAt(
  exchange: Exchange,
  { number }: ProvidedFile,
  buffers: readonly Uint8Array[],
  offset?: bigint,
): number {
  return piecewise(buffers, (group, done) =>
    inPieces(gather(group), offset, done, (piece, at) => exchange.write(number, piece, at)),
  )
}

/** lseek(2): answers where the file stands then; whence is 0 for the beginning, 1 for where it stands, 2 for the end. */
export function seekFile(
  exchange: Exchange,
  file: ProvidedFile,
  { offset, whence }: { offset: bigint; whence: number },
): bigint {
  if (!isRegular(file)) throw new SysError('ESPIPE')
  const to = offset + baseOf(exchange, file, whence)
  if (to < 0n) throw new SysError('EINVAL')
  if (to > MOST_OFFSET) throw new SysError('EOVERFLOW')
  file.position = to
  return to
}

function baseOf(exchange: Exchange, file: ProvidedFile, whence: number): bigint {
  if (whence === SET) return 0n
  if (whence === CURRENT) return file.position
  if (whence === END) return exchange.filestat(file.number).size
  throw new SysError('EINVAL')
}

/** Offset and length of a call on a part of a file, or a size: what is negative as off_t is no such thing. */
export function checkOffsets(...offsets: readonly bigint[]): void {
  if (offsets.some((offset) => offset < 0n)) throw new SysError('EINVAL')
}

/** Small buffers in one go, large ones one after the other; ends at a group that was not moved whole. */
function piecewise(
  buffers: readonly Uint8Array[],
  move: (group: readonly Uint8Array[], done: number) => number,
): number {
  const lengths = (group: readonly Uint8Array[]) => group.reduce((sum, { length }) => sum + length, 0)
  const groups = lengths(buffers) <= MOST_AT_ONCE ? [buffers] : buffers.map((buffer) => [buffer])
  let done = 0
  for (const group of groups) {
    const moved = move(group, done)
    done += moved
    if (moved < lengths(group)) break
  }
  return done
}

/** Moves as much at once as the exchange has room for. A failure after the first piece is told by the next call. */
function inPieces(
  place: Uint8Array,
  offset: bigint | undefined,
  before: number,
  move: (piece: Uint8Array, at: bigint | undefined) => number,
): number {
  let done = 0
  do {
    const piece = place.subarray(done, done + MOST_AT_ONCE)
    try {
      const moved = move(piece, offset === undefined ? undefined : offset + BigInt(before + done))
      done += moved
      if (moved < piece.length) break
    } catch (error) {
      if (before + done === 0 || !(error instanceof SysError)) throw error
      break
    }
  } while (done < place.length)
  return done
}
