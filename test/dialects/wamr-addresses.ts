import type { Operation, OptionSetting } from '../../src/network/network.js'
import { type Poke, u32 } from '../support/pokes.js'

/* What the pokes of WAMR's calls have in common: two addresses and their bytes, where things lie, and options. */

export const [IOVECS, OUT, ADDRESS, DATA] = [64, 128, 160, 256]
/** Two buffers of two and three bytes. */
export const buffers = { [IOVECS]: u32(DATA, 2, DATA + 16, 3) }

export const there4 = { family: 'inet', host: '10.1.2.3', port: 0x1234 } as const
export const bytes4 = [0, 0, 0, 0, 10, 1, 2, 3, 0x34, 0x12]
export const there6 = { family: 'inet6', host: 'fe80::3ba2:893b:4be0:e3dd', port: 0x1234, scope: 0 } as const
export const bytes6 = [
  ...[1, 0, 0, 0, 0x80, 0xfe, 0, 0, 0, 0, 0, 0],
  ...[0xa2, 0x3b, 0x3b, 0x89, 0xe0, 0x4b, 0xdd, 0xe3, 0x34, 0x12],
]
export const [at4, at6] = [{ [ADDRESS]: bytes4 }, { [ADDRESS]: bytes6 }]
export const noKind = { [ADDRESS]: [2, 0, 0, 0] }

export const connected = { state: 'connected' } as const
export const datagram = { type: 'dgram' } as const
export const six = { family: 'inet6' } as const
export const local = { family: 'unix', state: 'connected' } as const

/** What every call on a socket says of a descriptor that is none. */
export function noSockets(name: string, ...rest: (number | bigint)[]): Poke[] {
  return [
    { says: 'knows a closed descriptor', call: [name, 5, ...rest], answers: 'EBADF' },
    { says: 'knows what is no socket', call: [name, 1, ...rest], answers: 'ENOTSOCK' },
  ]
}

/** A network that takes every option. */
export const setting: NonNullable<Poke['network']> = { setOption: () => true }

/** What it is asked then. */
export const asked = (setting: OptionSetting): readonly (readonly [Operation, unknown])[] => [
  ['setOption', { handle: 103, ...setting }],
]
