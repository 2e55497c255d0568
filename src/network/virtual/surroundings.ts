import type { Chance } from './chance.js'
import type { VirtualHost } from './host.js'
import type { Wire } from './wire.js'

/** What a host sees of the network it is in. */
export interface Surroundings {
  readonly wire: Wire
  /** For the hosts' own choices, such as their first free port. */
  readonly chance: Chance
  readonly hosts: Iterable<VirtualHost>
  hostAt(plain: string): VirtualHost | undefined
  hostNamed(name: string): VirtualHost | undefined
}
