import type { Figures, SocketEvent } from '../network/figures/figures.js'
import { metered } from '../network/figures/metered.js'
import { ticking } from '../network/figures/ticking.js'
import type { Network, NetworkDriver } from '../network/network.js'
import { withNetwork } from './network-option.js'

/** What is to be told of a guest's network. */
export interface FiguresOptions {
  readonly onFigures?: ((figures: Figures) => void) | undefined
  readonly figuresEveryMs?: number | undefined
  readonly onSocketEvent?: ((event: SocketEvent) => void) | undefined
}

interface Measured {
  readonly driver: Network | NetworkDriver
  /** Tells the last figures. */
  end(): void
}

/** A network of which is told what passes; without anybody to tell it is the network itself. */
export function measured(driver: Network | NetworkDriver, options: FiguresOptions, now: () => number): Measured {
  const { onFigures, figuresEveryMs: everyMs, onSocketEvent: onEvent } = options
  if (onFigures === undefined && onEvent === undefined) return { driver, end() {} }
  const tell = () => onFigures?.(meter.figures())
  const bare = typeof driver === 'function' ? driver : driver.network
  const inner = everyMs === undefined ? bare : ticking(bare, { now, everyMs, tick: tell })
  const meter = metered(inner, { now, ...(onEvent && { onEvent }) })
  return { driver: typeof driver === 'function' ? meter.network : withNetwork(driver, meter.network), end: tell }
}
