import type { Table } from '../../embedder/fields.js'
import { callback, list, number, shape, type Take, text, whole } from '../../embedder/take.js'
import { isNumeric } from './addresses.js'
import type { VirtualNetworkOptions } from './virtual-network.js'

const finite = number('a finite number', Number.isFinite)

export const networkTable: Table<VirtualNetworkOptions> = { seed: finite, startsAtMs: finite, trace: callback() }

export const takePort: Take<number> = whole(0, 65_535)

export const takeName: Take<string> = shape('a name, as a text', (value) => typeof value === 'string' && value !== '')

export const takeAddresses: Take<readonly string[]> = list('addresses', (value, name) =>
  shape<string>('an IP address', isNumeric as (value: unknown) => boolean)(text(value, name), name),
)
