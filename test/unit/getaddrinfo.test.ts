import { describe, expect, test } from 'vitest'
import { AGAIN, DONE, type Resolution } from '../../src/network/network.js'
import {
  AI_ADDRCONFIG,
  AI_ALL,
  AI_CANONNAME,
  AI_NUMERICHOST,
  AI_NUMERICSERV,
  AI_PASSIVE,
  AI_V4MAPPED,
  type EaiName,
} from '../../src/posix/constants.js'
import { runBlocking } from '../../src/posix-sockets/blocking.js'
import { AddressInfoError, type AddressRequest, getaddrinfo } from '../../src/posix-sockets/getaddrinfo.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

const four = (host: string) => ({ host, family: 'inet' }) as const
const six = (host: string) => ({ host, family: 'inet6' }) as const
const found = (...hosts: Extract<Resolution, { is: 'found' }>['hosts'][number][]): Resolution => ({
  is: 'found',
  hosts,
})

/** Asks for a stream at port 80 unless told otherwise; answers each result as text, or the reason it failed. */
function ask(of: Partial<AddressRequest>, resolution: Resolution = found(four('10.0.0.1'), six('fd00::1'))) {
  let tries = 0
  const { network, asked, inputsOf } = fakeNetwork({
    resolve: () => 9,
    answer: () => (++tries < 3 ? AGAIN : resolution),
    wait: ({ on }) => on,
    interfaces: () =>
      [
        { name: 'lo', index: 1 },
        { name: '7', index: 4 },
      ] as never,
  })
  const request = { node: undefined, service: '80', flags: 0, family: undefined, type: 'stream', ...of } as const
  try {
    const results = runBlocking(getaddrinfo({ network, now: fakeWorld().now }, request), network)
    const texts = results.map(({ address, type }) => {
      const scope = address.family === 'inet6' && address.scope !== 0 ? `%${address.scope}` : ''
      return `${type} ${address.family} ${address.host}${scope} ${address.port}`
    })
    return { answer: texts, names: results.map((each) => each.canonicalName), asked, inputsOf }
  } catch (error) {
    if (!(error instanceof AddressInfoError)) throw error
    return { answer: error.reason, names: [], asked, inputsOf }
  }
}

const rows: [string, Partial<AddressRequest>, string[] | EaiName][] = [
  ['a name gives all its addresses', { node: 'h' }, ['stream inet 10.0.0.1 80', 'stream inet6 fd00::1 80']],
  ['neither name nor service', { service: undefined }, 'EAI_NONAME'],
  ['no name is the loopback', {}, ['stream inet6 ::1 80', 'stream inet 127.0.0.1 80']],
  ['no name, for a server', { flags: AI_PASSIVE }, ['stream inet 0.0.0.0 80', 'stream inet6 :: 80']],
  ['no name, for an IPv4 server', { flags: AI_PASSIVE, family: 'inet' }, ['stream inet 0.0.0.0 80']],
  ['no name, IPv6', { family: 'inet6' }, ['stream inet6 ::1 80']],
  ['an empty name', { node: '' }, 'EAI_NONAME'],
  ['four numbers', { node: '10.1.2.3' }, ['stream inet 10.1.2.3 80']],
  ['two numbers, as inet_aton(3) reads them', { node: '127.1' }, ['stream inet 127.0.0.1 80']],
  ['a hexadecimal number', { node: '0x7f000001' }, ['stream inet 127.0.0.1 80']],
  ['IPv6 in numbers', { node: 'FE80:0::1' }, ['stream inet6 fe80::1 80']],
  ['IPv6 with a scope', { node: 'fe80::1%3' }, ['stream inet6 fe80::1%3 80']],
  ['a scope by the name of an interface', { node: 'fe80::1%lo' }, ['stream inet6 fe80::1%1 80']],
  ['a scope of a group of one link', { node: 'ff02::1%lo' }, ['stream inet6 ff02::1%1 80']],
  ['a scope by a name that is a number', { node: 'fe80::1%7' }, ['stream inet6 fe80::1%4 80']],
  ['a scope that there is not', { node: 'fe80::1%eth9' }, 'EAI_NONAME'],
  ['a scope that is empty', { node: 'fe80::1%' }, 'EAI_NONAME'],
  ['a scope beyond 32 bits', { node: 'fe80::1%4294967296' }, 'EAI_NONAME'],
  ['a scope by name where there is no link', { node: '2001:db8::1%lo' }, 'EAI_NONAME'],
  ['a scope by number where there is no link', { node: '::1%1' }, ['stream inet6 ::1%1 80']],
  ['a group of more than a link', { node: 'ff05::1%lo' }, 'EAI_NONAME'],
  ['a scope of IPv4', { node: '127.0.0.1%1' }, 'EAI_NONAME'],
  ['a mapped address as IPv4', { node: '::ffff:1.2.3.4', family: 'inet' }, ['stream inet 1.2.3.4 80']],
  ['IPv4 in an address that is not mapped', { node: '::1.2.3.4' }, ['stream inet6 ::102:304 80']],
  ['the same as IPv4', { node: '::1.2.3.4', family: 'inet' }, 'EAI_ADDRFAMILY'],
  ['a name of 254 bytes', { node: 'a'.repeat(254) }, 'EAI_NONAME'],
  ['what is no address and has a colon', { node: '1::2::3' }, 'EAI_NONAME'],
  ['numbers of the other family', { node: '::1', family: 'inet' }, 'EAI_ADDRFAMILY'],
  [
    'numbers of the other family, mapped',
    { node: '1.2.3.4', family: 'inet6', flags: AI_V4MAPPED },
    ['stream inet6 ::ffff:1.2.3.4 80'],
  ],
  ['a name where numbers are wanted', { node: 'h', flags: AI_NUMERICHOST }, 'EAI_NONAME'],
  ['both types', { node: '1.2.3.4', type: undefined }, ['stream inet 1.2.3.4 80', 'dgram inet 1.2.3.4 80']],
  ['a service by name', { node: '1.2.3.4', service: 'https' }, ['stream inet 1.2.3.4 443']],
  ['a service of one type only', { node: '1.2.3.4', service: 'ssh', type: undefined }, ['stream inet 1.2.3.4 22']],
  ['a service of the other type', { node: '1.2.3.4', service: 'ssh', type: 'dgram' }, 'EAI_SERVICE'],
  ['a service nobody knows', { service: 'nosuch' }, 'EAI_SERVICE'],
  ['a service that every object has', { service: 'constructor' }, 'EAI_SERVICE'],
  ['a service by name where a number is wanted', { service: 'http', flags: AI_NUMERICSERV }, 'EAI_NONAME'],
  ['a port that is too large', { service: '65536' }, 'EAI_SERVICE'],
  ['the largest port', { node: '1.2.3.4', service: '65535' }, ['stream inet 1.2.3.4 65535']],
  ['no service', { node: '1.2.3.4', service: undefined }, ['stream inet 1.2.3.4 0']],
  ['flags nobody knows', { node: 'h', flags: 0x10000 }, 'EAI_BADFLAGS'],
  ['the flag that is always kept', { node: '1.2.3.4', flags: AI_ADDRCONFIG }, ['stream inet 1.2.3.4 80']],
  ['a canonical name of nothing', { flags: AI_CANONNAME }, 'EAI_BADFLAGS'],
  [
    'IPv6 or else mapped, when there is IPv6',
    { node: 'h', family: 'inet6', flags: AI_V4MAPPED },
    ['stream inet6 fd00::1 80'],
  ],
  [
    'IPv6 and mapped',
    { node: 'h', family: 'inet6', flags: AI_V4MAPPED | AI_ALL },
    ['stream inet6 ::ffff:10.0.0.1 80', 'stream inet6 fd00::1 80'],
  ],
]

describe('getaddrinfo', () => {
  test.each(rows)('%s', (_, request, expected) => {
    expect(ask(request).answer).toEqual(expected)
  })

  test('maps what it found when there is no IPv6', () => {
    const { answer } = ask({ node: 'h', family: 'inet6', flags: AI_V4MAPPED }, found(four('10.0.0.1')))
    expect(answer).toEqual(['stream inet6 ::ffff:10.0.0.1 80'])
  })

  test.each([
    [undefined, 0, undefined],
    ['inet', 0, 'inet'],
    ['inet6', 0, 'inet6'],
    ['inet6', AI_V4MAPPED, undefined],
  ] as const)('a look-up for family %s and flags %i asks the host for %s', (family, flags, expected) => {
    expect(ask({ node: 'h', family, flags }).inputsOf('resolve')).toEqual([{ host: 'h', family: expected }])
  })

  test('waits until the host has answered, as long as it takes', () => {
    const wait = ['wait', { on: [{ handle: 9, events: DONE }], timeoutMs: Number.POSITIVE_INFINITY }]
    const answer = ['answer', { handle: 9 }]
    expect(ask({ node: 'h' }).asked.slice(1)).toEqual([answer, wait, answer, wait, answer])
  })

  test('asks nobody about numbers', () => {
    expect(ask({ node: '127.0.0.1' }).asked).toEqual([])
  })

  test('tells the canonical name with the first result', () => {
    expect(ask({ node: 'h', flags: AI_CANONNAME, type: undefined }).names).toEqual([
      'h',
      undefined,
      undefined,
      undefined,
    ])
  })

  test.each(['EAI_NONAME', 'EAI_AGAIN', 'EAI_FAIL'] as const)('a look-up that fails with %s', (reason) => {
    expect(ask({ node: 'h' }, { is: 'failed', reason }).answer).toBe(reason)
  })

  test('a look-up that finds no address is EAI_NONAME: success means one at least', () => {
    expect(ask({ node: 'h' }, found()).answer).toBe('EAI_NONAME')
  })
})
