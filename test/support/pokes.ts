import { describe, expect, test } from 'vitest'
import { linkSockets } from '../../src/abi/link.js'
import type { Input, Operation, Output } from '../../src/network/network.js'
import { type Errno, wasiNumber } from '../../src/posix/errno.js'
import { type OpenSocket, openSocket } from '../../src/posix-sockets/open-socket.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { overlay } from '../../src/wasi/overlay.js'
import { noFiles } from '../../src/wasi/provider.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from './fake-network.js'
import { outside, sentinelMemory } from './guest-memory.js'

type Bytes = readonly number[]
type Answers = { [K in Operation]?: (input: Input<K>) => Output<K> }

/** A socket that the guest has before the call, and what is different about it. Its handle is its descriptor plus 100. */
type Given = Partial<OpenSocket> & { readonly openedIn?: string }

/** One call of an import on a raw memory: literal bytes in, literal bytes out, and nothing else changed. */
export interface Poke {
  readonly says: string
  readonly call: readonly [name: string, ...args: (number | bigint)[]]
  /** The guest's sockets from descriptor 3 on. */
  readonly given?: readonly Given[]
  /** What is in memory, by address. All else is 0xee. */
  readonly memory?: Readonly<Record<number, Bytes>>
  /** How the network answers; what is not here must not be asked. */
  readonly network?: Answers
  /** What the network is asked, in order, but for waiting. */
  readonly asks?: readonly (readonly [Operation, unknown])[]
  /** Default 0. */
  readonly answers?: Errno | number
  /** What has changed in memory, by address. */
  readonly leaves?: Readonly<Record<number, Bytes>>
  /** Which arguments are pointers, by their place from 0 on, and to how many bytes: each is also tried where they do not lie inside. */
  readonly pointers?: Readonly<Record<number, number>>
  /** What a pointer that leads outside answers. Default EFAULT. */
  readonly outside?: Errno | number
}

/** The bytes of little-endian numbers. */
export const u16 = (...values: number[]) => [...new Uint8Array(Uint16Array.from(values).buffer)]
export const u32 = (...values: number[]) => [...new Uint8Array(Uint32Array.from(values).buffer)]
export const u64 = (...values: bigint[]) => [...new Uint8Array(BigUint64Array.from(values).buffer)]
export const ascii = (text: string) => [...Buffer.from(text)]
export const zeros = (count: number) => new Array<number>(count).fill(0)

/** A `receive` of the network's that has these bytes. */
export const receives =
  (...bytes: number[]) =>
  ({ into }: Input<'receive'>) => {
    into.set(bytes)
    return bytes.length
  }

/** A guest over a fake network, whose imports can be called. */
export function pokedGuest(answers: Answers, given: readonly Given[] = []) {
  const { network, asked } = fakeNetwork({ wait: () => [], ...answers })
  const sockets = new Sockets({ network, world: fakeWorld(), descriptors: 16 })
  const { guest, setMemory, imports } = linkSockets(sockets)
  const stdio = [fromBytes(new Uint8Array(0)), toFunction(() => {}), toFunction(() => {})] as const
  const notices: string[] = []
  guest.notice = (text) => void notices.push(text)
  const { modules } = overlay(guest, { provider: noFiles, stdio, args: ['guest'], env: {} })
  const place = sentinelMemory()
  setMemory(place.raw)
  for (const [index, { openedIn, family = 'inet', type = 'stream', ...more }] of given.entries()) {
    const socket = Object.assign(openSocket(103 + index, family, type), more)
    const fd = sockets.table.add(socket)
    if (openedIn !== undefined) guest.opened(fd, openedIn)
  }
  type Called = (...args: (number | bigint)[]) => number
  const all = { ...modules, ...imports } as Record<string, Record<string, unknown>>
  const call = (module: string, name: string, ...args: (number | bigint)[]) => {
    const found = all[module]?.[name] as Called | undefined
    if (found === undefined) throw new Error(`there is no ${module}.${name}`)
    return found(...args)
  }
  const askedFor = () => asked.filter(([name]) => name !== 'wait')
  return { ...place, askedFor, notices, sockets, guest, call }
}

/** Makes a test of each call, and one of each pointer that leads outside. */
export function testPokes(module: string, pokes: readonly Poke[]): void {
  describe.each(pokes.map((poke) => [`${poke.call[0]}/${poke.call.length - 1} ${poke.says}`, poke] as const))(
    '%s',
    (_, poke) => {
      const [name, ...args] = poke.call
      test('literal bytes in, literal bytes out', () => {
        const guest = prepared(poke)
        const before = guest.bytes.slice()
        expect(guest.call(module, name, ...args)).toBe(numberOf(poke.answers ?? 0))
        if (poke.asks !== undefined) expect(guest.askedFor()).toEqual(poke.asks)
        for (const [at, bytes] of Object.entries(poke.leaves ?? {})) before.set(bytes, Number(at))
        expect(changesOf(before, guest.bytes)).toEqual([])
      })

      const bad = Object.entries(poke.pointers ?? {}).flatMap(([at, length]) =>
        outside(length).map(([where, pointer]) => [at, where, pointer] as const),
      )
      test.each(bad)('argument %s %s', (at, _where, pointer) => {
        const guest = prepared(poke)
        const before = guest.bytes.slice()
        const changed = args.map((arg, index) => (index === Number(at) ? pointer : arg))
        expect(guest.call(module, name, ...changed)).toBe(numberOf(poke.outside ?? 'EFAULT'))
        expect(guest.askedFor()).toEqual([])
        expect(changesOf(before, guest.bytes)).toEqual([])
      })
    },
  )
}

function prepared({ network = {}, given, memory = {} }: Poke) {
  const guest = pokedGuest(network, given)
  for (const [at, bytes] of Object.entries(memory)) guest.put(Number(at), ...bytes)
  return guest
}

function numberOf(answer: Errno | number): number {
  return typeof answer === 'number' ? answer : wasiNumber(answer)
}

/** Where memory is not as expected: address, expected, found. */
function changesOf(expected: Uint8Array, found: Uint8Array): [number, number, number][] {
  const changes: [number, number, number][] = []
  for (const [at, byte] of expected.entries()) if (found[at] !== byte) changes.push([at, byte, found[at] as number])
  return changes
}
