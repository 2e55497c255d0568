import { Duplex, type Readable } from 'node:stream'
import { type Failures, GRACE_MS } from '../embedder/failures.js'
import { trust } from '../embedder/host-duplex.js'
import { HostInput } from '../embedder/host-input.js'
import { HostOutput, type OutputTarget } from '../embedder/host-output.js'
import { isErrno, SysError } from '../posix/errno.js'

/** The ends of a standard descriptor. `from` is called when the guest first wants to read. */
export interface HostEnds {
  readonly from?: () => Readable
  readonly to?: OutputTarget
}

/**
 * One stream for a pump, of a readable and a writable that stay the caller's: neither is ended nor destroyed. Where one of them fails
 * the guest is told an errno, and `failures` notes it; without that it is the guest's affair alone, as for the process's own input.
 */
export function hostStream({ from, to }: HostEnds, failures: Failures | undefined): Duplex {
  let input: HostInput | undefined
  const output = to && new HostOutput(to, failures as Failures)
  const fail = (error: unknown) => {
    failures?.fail(error, GRACE_MS)
    stream.destroy(toldTo(error))
  }
  const begin = (open: () => Readable) =>
    new HostInput(open(), {
      push: (bytes) => stream.push(bytes),
      ended: () => void stream.push(null),
      closed: () => fail(endedEarly()),
      failed: fail,
    })
  const stream = new Duplex({
    read() {
      try {
        input ??= from && begin(from)
      } catch (error) {
        fail(error)
      }
      input?.resume()
    },
    write: (chunk: Uint8Array, _encoding, done) =>
      output === undefined ? done() : output.write(chunk, (error) => done(error && toldTo(error))),
    destroy(error, done) {
      input?.leave()
      output?.release()
      done(error)
    },
  })
  if (output !== undefined) output.onBroken = (error) => stream.destroy(toldTo(error))
  if (output?.broken !== undefined) stream.destroy(toldTo(output.broken))
  return trust(stream)
}

/** What the guest is told: the system's own name of an error where that has one, else EIO. */
function toldTo(error: unknown): Error {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (isErrno(code)) return new SysError(code, { cause: error })
  return new SysError(code === 'ERR_STREAM_WRITE_AFTER_END' ? 'EPIPE' : 'EIO', { cause: error })
}

/** A part must not be taken for the whole. */
function endedEarly(): Error {
  const code = 'ERR_STREAM_PREMATURE_CLOSE'
  return Object.assign(new Error('stdin was closed before its end'), { code })
}
