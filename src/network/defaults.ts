import type { Option, Options } from './network.js'

/** Linux's values before anybody sets them. */
export const optionDefaults: { [K in Option]?: Options[K] } = {
  reuseAddress: false,
  broadcast: false,
  keepAlive: false,
  keepIdle: 7200,
  keepInterval: 75,
  keepCount: 9,
  noDelay: false,
  v6Only: false,
  ttl: 64,
  multicastTtl: 1,
  multicastLoop: true,
  unsent: 0,
  atMark: false,
  typeOfService: 0,
  trafficClass: 0,
  priority: 0,
}

/** The longest UDP payload over IPv4, in bytes; over IPv6 it is 65527. */
export const mostData = { inet: 65_507, inet6: 65_527, unix: 65_507 } as const
