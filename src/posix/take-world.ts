import { having, type Take } from '../embedder/take.js'
import type { World } from './world.js'

/** Takes clocks and randomness by reference. */
export const takeWorld: Take<World> = having<World>('a world with the functions now, time and random', [
  ...(['now', 'time', 'random'] as const),
])
