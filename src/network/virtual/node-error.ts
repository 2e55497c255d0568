import os from 'node:os'
import type { Place } from './addresses.js'

/** An error as Node's sockets give them: with `code`, `errno`, `syscall`, and where it was to go. */
export function nodeError(code: string, syscall: string, where: Partial<Place> & { hostname?: string } = {}): Error {
  const { host, port, hostname } = where
  const place = hostname ?? (host === undefined ? '' : `${host}:${port}`)
  const number = (os.constants.errno as Record<string, number>)[code]
  return Object.assign(new Error(`${syscall} ${code} ${place}`.trimEnd()), {
    ...{ code, syscall },
    ...(number !== undefined && { errno: -number }),
    ...(host !== undefined && { address: host, port }),
    ...(hostname !== undefined && { hostname }),
  })
}
