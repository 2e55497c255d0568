import { expect, test } from 'vitest'
import { linkSockets } from '../../src/abi/link.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import type { NetworkInterface } from '../../src/network/network.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

const SIZE = 108

/** What getifaddrs of a guest writes, with sentinel bytes around. */
function listed(interfaces: readonly NetworkInterface[], capacity: number) {
  const { network } = fakeNetwork({ interfaces: () => interfaces })
  const sockets = new Sockets({ network, world: fakeWorld(), descriptors: 10 })
  const { imports, setMemory } = linkSockets(sockets)
  const memory = new WebAssembly.Memory({ initial: 1 })
  setMemory(memory)
  const bytes = Buffer.from(memory.buffer).fill(0xee)
  const call = imports.posix_sockets['getifaddrs'] as (results: number, capacity: number) => number
  const count = call(16, capacity)
  const end = 16 + Math.max(0, Math.min(count, capacity)) * SIZE
  expect(bytes[15]).toBe(0xee)
  expect(bytes[end]).toBe(0xee)
  const records =
    bytes
      .subarray(16, end)
      .toString('hex')
      .match(new RegExp(`.{${SIZE * 2}}`, 'g')) ?? []
  return { count, records }
}

const eth0: NetworkInterface = {
  name: 'eth0',
  index: 2,
  flags: 0x1043,
  addresses: [
    { family: 'inet6', host: 'fe80::1', prefix: 64 },
    { family: 'inet', host: '192.168.5.9', prefix: 20 },
  ],
}
const blank = (bytes: number) => '00'.repeat(bytes)
const head = `43100000${'02000000'}${Buffer.from('eth0').toString('hex')}${blank(12)}`

test('an interface comes first, then its IPv4, then its IPv6, with mask, broadcast and scope', () => {
  const { count, records } = listed([eth0], 8)
  expect(count).toBe(3)
  expect(records).toEqual([
    head + blank(84),
    `${head}02000000c0a80509${blank(20)}02000000fffff000${blank(20)}02000000c0a80fff${blank(20)}`,
    `${head}0a00000000000000fe80${blank(13)}0102000000${'0a00000000000000ffffffffffffffff'}${blank(12)}${blank(28)}`,
  ])
})

test('what there is no room for is counted', () => {
  expect(listed([eth0], 1)).toMatchObject({ count: 3, records: [head + blank(84)] })
  expect(listed([eth0], 0)).toMatchObject({ count: 3, records: [] })
})

test('a name of 20 bytes is cut to 15, and an interface without flags and addresses has none', () => {
  const { records } = listed([{ name: 'a'.repeat(20), index: 7 }], 4)
  expect(records).toEqual([`${blank(4)}07000000${'61'.repeat(15)}${blank(85)}`])
})

test('this machine has a loopback that is up, with 127.0.0.1/8', () => {
  const all = machineBridge(machineWorld()).interfaces()
  const addresses = all.flatMap(({ flags = 0, addresses = [] }) => ((flags & 0x9) === 0x9 ? addresses : []))
  expect(addresses).toContainEqual({ family: 'inet', host: '127.0.0.1', prefix: 8 })
})
