import type { Handle, Network } from '../network/network.js'
import type { World } from '../posix/world.js'
import type { WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { RecordingError } from './errors.js'
import { replayedFiles } from './files.js'
import { FrameReader } from './frames.js'
import { checkHeader, type GivenStart, type Header } from './header.js'
import { replayedNetwork, replayedWorld } from './network.js'
import type { Ending } from './recorder.js'
import { replayedStdio, type Three } from './stdio.js'
import { type StopReason, stopErrorOf } from './stop-reason.js'
import { Tape } from './tape.js'

export interface ReplayOptions {
  /** Replays a recording that is cut off as far as it goes. Default: refused. */
  readonly mayBeCutOff?: boolean
  /** Makes the error that stops the guest where the recorded one was stopped from outside. Default: one of the same name and message. */
  readonly stoppedAs?: (reason: StopReason) => Error
}

/** A guest's world as it was recorded, part by part. Every part throws a `ReplayDiverged` at the first call that differs. */
export interface Replay {
  /** How the guest was started. */
  readonly header: Header
  readonly network: Network
  readonly world: World
  /** To be called once, before the guest starts. `take` is given what the guest writes to 1 and 2. */
  stdio(take: (fd: number, bytes: Uint8Array) => void): Three<Stdio>
  /** Over the same files as then. */
  files(provider: WasiProvider): WasiProvider
  /** A connection that the recorded guest was given by the host. */
  adopt(): Handle
  /** Says who calls `adopt` for a connection that came while the guest ran. */
  onOffer(take: () => void): void
  /** To be called when the guest's sockets are closed. Throws a `ReplayDiverged` when the recorded guest has ended otherwise. */
  finish(ending: Ending): void
  /** Closes the file. */
  close(): void
}

/**
 * Opens a recording to replay it; `given` is what is known of the guest that is to run. Throws a `RecordingError` for a file that is
 * none, or not whole, and for another guest than the recorded one.
 */
export function openReplay(file: string, given: GivenStart = {}, options: ReplayOptions = {}): Replay {
  checkWhole(file, options)
  const tape = new Tape(file, options.stoppedAs ?? stopErrorOf)
  try {
    checkHeader(file, tape.header, given)
  } catch (error) {
    tape.close()
    throw error
  }
  return {
    header: tape.header,
    network: replayedNetwork(tape),
    world: replayedWorld(tape),
    stdio: (take) => replayedStdio(tape, take),
    files: (provider) => replayedFiles(provider, tape),
    adopt: () => tape.answer('adopt', {}) as Handle,
    onOffer(take) {
      tape.onOffer = take
    },
    finish(ending) {
      tape.answer('exit', ending)
      tape.finish()
    },
    close: () => tape.close(),
  }
}

/** Reads all of a file once, so that nothing of a guest runs that cannot run to its end. */
function checkWhole(file: string, { mayBeCutOff = false }: ReplayOptions): void {
  const frames = new FrameReader(file)
  try {
    while (frames.next() !== undefined);
  } catch (error) {
    if (!(mayBeCutOff && error instanceof RecordingError && error.reason === 'truncated')) throw error
  } finally {
    frames.close()
  }
}
