import { type CallEvent, formatUntimed } from '../abi/trace.js'
import type { Gate } from '../bridge/gate.js'
import type { Handle, Network, NetworkDriver } from '../network/network.js'
import type { World } from '../posix/world.js'
import type { WasiProvider } from '../wasi/provider.js'
import type { Stdio } from '../wasi/stdio.js'
import { recordedFiles } from './files.js'
import type { Header } from './header.js'
import { Log } from './log.js'
import { recordedDriver, recordedNetwork, recordedWorld } from './network.js'
import { recordedStdio, type Three } from './stdio.js'

/** How a guest has ended: with an exit code, or stopped, in words. */
export type Ending = { readonly code: number } | { readonly stopped: string }

/** A guest that is being recorded: each of its parts, in a form that is. */
export interface Recorder {
  /** Outside of all other decorators. */
  driver(driver: NetworkDriver): NetworkDriver
  network(network: Network): Network
  readonly world: World
  /** To be called once, before the guest starts. */
  stdio(all: Three<Stdio>): Three<Stdio>
  files(provider: WasiProvider): WasiProvider
  /** A connection that the guest is given otherwise than by the network or `attach`. */
  adopt(take: () => Handle): Handle
  /** Writes down a call of the guest's, for people to read. */
  called(event: CallEvent): void
  /** Says that another thread may stop this one, by way of what `gateMemory` answered. */
  stoppedBy(gate: Gate): void
  /** To be called when the guest's sockets are closed: a recording without is cut off. */
  end(ending: Ending): void
}

/** Begins a recording. `world` is the machine's, and stays so for what is not the guest's. Throws a `RecordingError`. */
export function startRecording(file: string, header: Header, world: World): Recorder {
  const log = new Log(file, header, () => world.now())
  return {
    driver: (driver) => recordedDriver(driver, log),
    network: (network) => recordedNetwork(network, log),
    world: recordedWorld(world, log),
    stdio: (all) => recordedStdio(all, log),
    files: (provider) => recordedFiles(provider, log),
    adopt: (take) => log.run('adopt', {}, take),
    called: (event) => log.note(formatUntimed(event), event.durationMs),
    stoppedBy(gate) {
      log.gate = gate
    },
    end(ending) {
      log.run('exit', ending, () => undefined)
      log.end()
    },
  }
}
