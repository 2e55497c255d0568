import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { NI_DGRAM, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV } from '../../src/posix/constants.js'
import { AddressInfoError } from '../../src/posix-sockets/getaddrinfo.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { SocketShim } from '../../src/socket-shim.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { sentinelMemory } from '../support/guest-memory.js'

const NUMERIC = NI_NUMERICHOST | NI_NUMERICSERV
const inet = (host: string, port = 80): Address => ({ family: 'inet', host, port })
const inet6 = (host: string, scope = 0): Address => ({ family: 'inet6', host, port: 80, scope })

/** A network on which 10.0.0.1 has a name, 10.0.0.2's name server is silent, and others have none. */
function named() {
  let isAsked = false
  return fakeNetwork({
    hostname: () => 'here.example.org',
    interfaces: () => [
      { name: 'lo', index: 1 },
      { name: 'eth0', index: 7 },
    ],
    resolveBack: ({ host }) => Number(host.split('.')[3] ?? 9),
    answer: ({ handle }) => {
      isAsked = !isAsked
      if (isAsked) return AGAIN
      if (handle === 1) return { is: 'named', name: 'there.example.org' }
      return { is: 'failed', reason: handle === 2 ? 'EAI_AGAIN' : 'EAI_NONAME' }
    },
    wait: ({ on }) => on,
  })
}

function ask(address: Address, flags: number, { wantsHost = true, wantsService = true } = {}) {
  const sockets = new Sockets({ network: named().network, world: fakeWorld() })
  try {
    const found = sockets.run(sockets.getnameinfo({ address, flags, wantsHost, wantsService }))
    return [found.host, found.service]
  } catch (error) {
    if (error instanceof AddressInfoError) return error.reason
    throw error
  }
}

/** What glibc 2.41 answers, but for the names. */
const rows: [string, Address, number, (string | undefined)[] | string][] = [
  ['numbers', inet('127.0.0.1'), NUMERIC, ['127.0.0.1', '80']],
  ['the name of a service', inet('127.0.0.1'), NI_NUMERICHOST, ['127.0.0.1', 'http']],
  ['a service that datagrams have not', inet('127.0.0.1'), NI_NUMERICHOST | NI_DGRAM, ['127.0.0.1', '80']],
  ['a service without a name', inet('127.0.0.1', 65535), NI_NUMERICHOST, ['127.0.0.1', '65535']],
  ['a name', inet('10.0.0.1'), NI_NUMERICSERV, ['there.example.org', '80']],
  ['a name in the own domain', inet('10.0.0.1'), NI_NOFQDN, ['there', 'http']],
  ['no name', inet('10.0.0.3'), 0, ['10.0.0.3', 'http']],
  ['no name where one is needed', inet('10.0.0.3'), NI_NAMEREQD, 'EAI_NONAME'],
  ['a number where a name is needed', inet('10.0.0.1'), NUMERIC | NI_NAMEREQD, 'EAI_NONAME'],
  ['a name server that does not answer', inet('10.0.0.2'), 0, 'EAI_AGAIN'],
  ['a flag that there is not', inet('10.0.0.1'), 0x4000, 'EAI_BADFLAGS'],
  ['IPv6', inet6('::1'), NUMERIC, ['::1', '80']],
  ['IPv4 within IPv6', inet6('::ffff:7f00:1'), NUMERIC, ['::ffff:127.0.0.1', '80']],
  ['IPv4 within IPv6 the old way', inet6('::7f00:1'), NUMERIC, ['::127.0.0.1', '80']],
  ['a link-local address', inet6('fe80::1', 7), NUMERIC, ['fe80::1%eth0', '80']],
  ['a link-local address of no interface', inet6('fe80::1', 77), NUMERIC, ['fe80::1%77', '80']],
  ['a global address with a scope', inet6('2001::1', 1), NUMERIC, ['2001::1%1', '80']],
  ['a group on the link', inet6('ff02::1', 1), NUMERIC, ['ff02::1%lo', '80']],
  ['a group beyond', inet6('ff05::1', 1), NUMERIC, ['ff05::1%1', '80']],
  ['a local socket', { family: 'unix', path: '/run/x' }, 0, ['here.example.org', '/run/x']],
  ['a local socket in numbers', { family: 'unix', path: '/run/x' }, NUMERIC, ['localhost', '/run/x']],
]

describe('getnameinfo', () => {
  test.each(rows)('%s', (_, address, flags, expected) => {
    expect(ask(address, flags)).toEqual(expected)
  })

  test('looks nothing up that nobody wants', () => {
    expect(ask(inet('10.0.0.2'), 0, { wantsHost: false })).toEqual([undefined, 'http'])
    expect(ask(inet('10.0.0.1'), NI_NAMEREQD, { wantsHost: false, wantsService: false })).toBe('EAI_NONAME')
  })
})

describe('in memory', () => {
  const [ADDRESS, HOST, SERVICE] = [64, 256, 512]

  function guest() {
    const { raw, put, at } = sentinelMemory()
    const shim = new SocketShim({ network: named().network, world: fakeWorld() })
    shim.setMemory(raw)
    put(ADDRESS, 2, 0, 0, 80, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
    const functions = shim.imports.posix_sockets as Record<string, (...args: number[]) => number>
    const call = (name: string, ...args: number[]) => functions[name]?.(...args)
    const text = (from: number) => Buffer.from(at(from, 40)).toString('latin1').split('\0')[0]
    return { call, text, put, at }
  }

  test('names are written with their NUL, and nothing after it', () => {
    const { call, text, at } = guest()
    expect(call('getnameinfo', ADDRESS, 16, HOST, 10, SERVICE, 3, NUMERIC)).toBe(0)
    expect([text(HOST), text(SERVICE), at(HOST + 10, 1), at(SERVICE + 3, 1)]).toEqual([
      '127.0.0.1',
      '80',
      [0xee],
      [0xee],
    ])
  })

  test.each([
    ['a host that does not fit', [ADDRESS, 16, HOST, 9, SERVICE, 9, NUMERIC], -12],
    ['a service that does not fit', [ADDRESS, 16, HOST, 10, SERVICE, 2, NUMERIC], -12],
    ['no room asks for nothing', [ADDRESS, 16, 0, 10, SERVICE, 0, NUMERIC], 0],
    ['an address that is too short', [ADDRESS, 15, HOST, 10, SERVICE, 9, NUMERIC], -6],
    ['no address', [0, 16, HOST, 10, SERVICE, 9, NUMERIC], -6],
    ['an address outside', [0x7fff0000, 16, HOST, 10, SERVICE, 9, NUMERIC], -11],
    ['a place outside', [ADDRESS, 16, 65_530, 10, SERVICE, 9, NUMERIC], -11],
    ['flags before all else', [0, 16, 65_530, 10, SERVICE, 9, 0x4000], -1],
  ] as const)('%s', (_, args, expected) => {
    expect(guest().call('getnameinfo', ...args)).toBe(expected)
  })

  test('interfaces go by name and index', () => {
    const { call, text, put, at } = guest()
    put(HOST, ...Buffer.from('eth0\0'))
    put(SERVICE, ...Buffer.from('eth9\0'))
    expect([call('if_nametoindex', HOST), call('if_nametoindex', SERVICE)]).toEqual([7, -43])
    expect([call('if_indextoname', 1, HOST), text(HOST), call('if_indextoname', 2, HOST)]).toEqual([0, 'lo', -60])
    expect(at(HOST + 5, 1)).toEqual([0xee])
  })
})
