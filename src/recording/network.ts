import type { Network, NetworkDriver, Output } from '../network/network.js'
import type { World } from '../posix/world.js'
import type { Log } from './log.js'
import type { Tape } from './tape.js'

/** Records every operation of a network. It belongs outside of all other decorators: what they refuse is what the guest learns. */
export function recordedNetwork(network: Network, log: Log): Network {
  return (name, input) => log.run(name, input, () => network(name, input))
}

/** The same for a driver. */
export function recordedDriver(driver: NetworkDriver, log: Log): NetworkDriver {
  return {
    network: recordedNetwork(driver.network, log),
    attach: (stream, names) => log.run('adopt', {}, () => driver.attach(stream, names)),
    close: (lingerMs) => driver.close(lingerMs),
  }
}

/** The network that a guest was recorded with. It never blocks, and reaches nothing. */
export function replayedNetwork(tape: Tape): Network {
  return (name, input) => tape.answer(name, input) as Output<typeof name>
}

/** Records what a guest asks the clocks and chance. Not to be given to what is not the guest's, as a bridge. */
export function recordedWorld(world: World, log: Log): World {
  return {
    now: () => log.run('now', {}, () => world.now()),
    time: () => log.run('time', {}, () => world.time()),
    random: (bytes) => log.run('random', { into: bytes }, () => world.random(bytes)),
    watch: () => world.now(),
  }
}

/** The clocks and the randomness of then. `watch` counts what the recorded calls took. */
export function replayedWorld(tape: Tape): World {
  return {
    now: () => tape.answer('now', {}) as number,
    time: () => tape.answer('time', {}) as number,
    random: (into) => void tape.answer('random', { into }),
    watch: () => tape.tookMs,
  }
}
