import { InvalidArgumentError } from 'commander'
import { type GuestLimits, limitNames } from '../index.js'

/** As they are written on the command line: `bytes-per-second-in` for `bytesPerSecondIn`. */
const names = new Map<string, keyof GuestLimits>([
  ...limitNames.map((name) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), name] as const),
  ['memory', 'memoryBytes'],
])
const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

/** `NAME=NUMBER`, with K, M or G for powers of 1024. */
export function addLimit(text: string, all: GuestLimits): GuestLimits {
  const [, name = '', number = '', unit = ''] = /^([a-z-]+)=(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text) ?? []
  const limit = names.get(name)
  if (limit === undefined)
    throw new InvalidArgumentError(`write it as NAME=NUMBER, of ${[...names.keys()].join(', ')}.`)
  return { ...all, [limit]: Number(number) * units[unit.toLowerCase() as keyof typeof units] }
}
