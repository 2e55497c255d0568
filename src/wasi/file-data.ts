import { AGAIN, type Again } from '../network/network.js'
import { SysError } from '../posix/errno.js'
import type { Blocking, MaybeBlocking } from '../posix-sockets/blocking.js'
import { piecewise } from '../posix-sockets/stream-calls.js'
import { isRegular, type OpenData } from './files.js'
import { FDFLAGS_APPEND } from './structures.js'

/** off_t has 63 bits. */
const MOST_OFFSET = (1n << 63n) - 1n
const [SET, CURRENT, END] = [0, 1, 2]
/** How long to wait before a FIFO or a device is tried again, in ms: Node has no way to be told when it is ready. */
export const RETRY_MS = 2

/** read(2) from where the file stands. A FIFO or a device, which stands nowhere, may have to be waited for. */
export function readFile(file: OpenData, buffers: readonly Uint8Array[]): MaybeBlocking<number> {
  const { handle, nonBlocking } = file
  if (!isRegular(file)) return waited(() => handle.read(filled(buffers)), nonBlocking)
  const length = readAt(file, buffers, file.position)
  file.position += BigInt(length)
  return length
}

/** pread(2). */
export function readAt({ handle }: OpenData, buffers: readonly Uint8Array[], offset: bigint): number {
  return never(handle.read(filled(buffers), offset))
}

/** write(2) at where the file stands, or at its end with APPEND. */
export function writeFile(file: OpenData, buffers: readonly Uint8Array[]): MaybeBlocking<number> {
  if (!isRegular(file)) return writeStream(file, filled(buffers))
  const { handle } = file
  const appends = (file.flags & FDFLAGS_APPEND) !== 0
  if (appends && !handle.appends) file.position = handle.stat().size
  const length = writeAt(file, buffers, file.position)
  file.position = appends && handle.appends ? handle.stat().size : file.position + BigInt(length)
  return length
}

/** pwrite(2). */
export function writeAt({ handle }: OpenData, buffers: readonly Uint8Array[], offset: bigint): number {
  return never(handle.write(filled(buffers), offset))
}

/** All of the data, unless it does not block: a write of several buffers is one write as long as the system takes it whole. */
function writeStream({ handle, nonBlocking }: OpenData, buffers: readonly Uint8Array[]): MaybeBlocking<number> {
  const whole = buffers.length === 1 ? (buffers[0] as Uint8Array) : Buffer.concat(buffers)
  return piecewise(whole, !nonBlocking, (rest) => waited(() => handle.write([rest]), nonBlocking))
}

/** lseek(2): answers where the file stands then; whence is 0 for the beginning, 1 for where it stands, 2 for the end. */
export function seekFile(file: OpenData, { offset, whence }: { offset: bigint; whence: number }): bigint {
  if (!isRegular(file)) throw new SysError('ESPIPE')
  const to = offset + baseOf(file, whence)
  if (to < 0n) throw new SysError('EINVAL')
  if (to > MOST_OFFSET) throw new SysError('EOVERFLOW')
  file.position = to
  return to
}

function baseOf({ position, handle }: OpenData, whence: number): bigint {
  if (whence === SET) return 0n
  if (whence === CURRENT) return position
  if (whence === END) return handle.stat().size
  throw new SysError('EINVAL')
}

/** Offset and length of a call on a part of a file, or a size: what is negative as off_t is no such thing. */
export function checkOffsets(...offsets: readonly bigint[]): void {
  if (offsets.some((offset) => offset < 0n)) throw new SysError('EINVAL')
}

/** Tries at once, and again after a moment as long as the system would have to wait, unless the file does not block. */
export function waited<T>(attempt: () => T | Again, nonBlocking: boolean | undefined): MaybeBlocking<T> {
  const answer = attempt()
  return answer === AGAIN && nonBlocking !== true ? retried(attempt) : answer
}

function* retried<T>(attempt: () => T | Again): Blocking<T> {
  for (;;) {
    yield { on: [], timeoutMs: RETRY_MS }
    const answer = attempt()
    if (answer !== AGAIN) return answer
  }
}

/** Most calls have one buffer, or one of two that is not empty. */
function filled(buffers: readonly Uint8Array[]): readonly Uint8Array[] {
  return buffers.length === 1 ? buffers : buffers.filter(({ length }) => length > 0)
}

/** Regular files have their data at once, or fail. */
function never(length: number | Again): number {
  if (length === AGAIN) throw new SysError('EAGAIN')
  return length
}
