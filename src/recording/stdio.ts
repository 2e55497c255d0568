import type { Blocking } from '../posix-sockets/blocking.js'
import type { Seekable, Stdio } from '../wasi/stdio.js'
import { malformed } from './bytes.js'
import type { Log } from './log.js'
import type { Description, Step } from './outputs.js'
import type { Tape } from './tape.js'

export type Three<T> = readonly [T, T, T]

/** Records what a guest learns by its standard descriptors. To be called once, before the guest starts. */
export function recordedStdio(all: Three<Stdio>, log: Log): Three<Stdio> {
  log.run('stdio', {}, () => all.map(describe))
  const [input, output, errors] = all
  return [recorded(0, input, log), recorded(1, output, log), recorded(2, errors, log)]
}

/** The standard descriptors of then. What the guest writes is given to `take`, as far as it was written then. */
export function replayedStdio(tape: Tape, take: (fd: number, bytes: Uint8Array) => void): Three<Stdio> {
  const all = tape.answer('stdio', {}) as Description[]
  const [input, output, errors] = [0, 1, 2].map((fd) => replayed(fd, all[fd], { tape, take }))
  return [input, output, errors] as Three<Stdio>
}

function describe({ isTerminal, isWaitable = false, file, pollHandle }: Stdio): Description {
  return { isTerminal, isWaitable, isFile: file !== undefined, polls: pollHandle !== undefined }
}

function recorded(fd: number, inner: Stdio, log: Log): Stdio {
  const { isTerminal, isWaitable = false, file } = inner
  return {
    is: 'file',
    stdio: true,
    isTerminal,
    isWaitable,
    references: 0,
    // The inner one looks at its own.
    get nonBlocking() {
      return inner.nonBlocking ?? false
    },
    set nonBlocking(value) {
      inner.nonBlocking = value
    },
    read: (into) => recordedSteps(inner.read(into), (name, act) => log.run(name ?? 'read', { fd, into }, act)),
    write: (data) =>
      recordedSteps(inner.write(data), (name, act) => log.run(name ?? 'write', name ? { fd } : { fd, data }, act)),
    close: () => inner.close(),
    ...(inner.pollHandle && { pollHandle: () => log.run('pollHandle', { fd }, () => inner.pollHandle?.() ?? 0) }),
    ...(file && { file: recordedFile(fd, file, log) }),
  }
}

function* recordedSteps(
  inner: Blocking<number>,
  step: (name: 'resume' | undefined, act: () => Step) => Step,
): Blocking<number> {
  let found: Parameters<typeof inner.next> | undefined
  for (;;) {
    const came = step(found && 'resume', () => {
      const { value } = inner.next(...(found ?? []))
      return value
    })
    if (typeof came === 'number') return came
    found = [yield came]
  }
}

function recordedFile(fd: number, file: Seekable, log: Log): Seekable {
  return {
    seek: (offset, whence) => log.run('seek', { fd, offset, whence }, () => file.seek(offset, whence)),
    stat: () =>
      log.run('stat', { fd }, () => {
        const { dev, ino, nlink, size, atimeNs, mtimeNs, ctimeNs } = file.stat()
        return { dev, ino, nlink, size, atimeNs, mtimeNs, ctimeNs }
      }),
  }
}

interface Player {
  readonly tape: Tape
  readonly take: (fd: number, bytes: Uint8Array) => void
}

function replayed(fd: number, of: Description | undefined, { tape, take }: Player): Stdio {
  return {
    is: 'file',
    stdio: true,
    isTerminal: of?.isTerminal ?? false,
    isWaitable: of?.isWaitable ?? false,
    nonBlocking: false,
    references: 0,
    read: (into) => replayedSteps((name) => tape.answer(name ?? 'read', { fd, into }) as Step),
    *write(data) {
      const count = yield* replayedSteps(
        (name) => tape.answer(name ?? 'write', name === undefined ? { fd, data } : { fd }) as Step,
      )
      tape.outside(() => {
        if (count > data.length) throw malformed()
        take(fd, new Uint8Array(data.subarray(0, count)))
      })
      return count
    },
    close() {},
    ...(of?.polls && { pollHandle: () => tape.answer('pollHandle', { fd }) as number }),
    ...(of?.isFile && {
      file: {
        seek: (offset, whence) => tape.answer('seek', { fd, offset, whence }) as number | undefined,
        stat: () => tape.answer('stat', { fd }) as ReturnType<Seekable['stat']>,
      },
    }),
  }
}

function* replayedSteps(step: (name?: 'resume') => Step): Blocking<number> {
  let came = step()
  while (typeof came !== 'number') {
    yield came
    came = step('resume')
  }
  return came
}
