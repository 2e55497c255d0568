import { InvalidArgumentError } from 'commander'
import { faultOfGuestLimits, type GuestLimits, limitWord, limitWords } from '../../host/limits-option.js'

const units = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 } as const

/** `NAME=NUMBER`, with K, M or G for powers of 1024. */
export function addLimit(text: string, all: GuestLimits): GuestLimits {
  const [, name = '', number = '', unit = ''] = /^([a-z-]+)=(\d+(?:\.\d+)?)([kmg]?)$/i.exec(text) ?? []
  const limit = limitWords.get(name)
  if (limit === undefined)
    throw new InvalidArgumentError(`write it as NAME=NUMBER, of ${[...limitWords.keys()].join(', ')}.`)
  const given = { [limit]: Number(number) * units[unit.toLowerCase() as keyof typeof units] }
  const fault = faultOfGuestLimits(given, limitWord)
  if (fault !== undefined) throw new InvalidArgumentError(`${fault}.`)
  return { ...all, ...given }
}
