import { describe, expect, test } from 'vitest'
import type { Operation } from '../../src/network/network.js'
import { policy } from '../../src/network/rules/policy.js'
import { SysError } from '../../src/posix/errno.js'
import { fakeNetwork } from '../support/fake-network.js'
import { type Answers, attempt, data, found, nameless, no, rulesOf, unanswered, under } from '../support/ruled-scene.js'

/** Rules, with a minus before those that deny; then what a guest does, where, and what comes of it. */
const cases: [rules: string, what: string, where: string, answer: string][] = [
  // Nothing but what is allowed.
  ['', 'connect', '1.2.3.4:80', 'yes'],
  ['connect:1.2.3.4:80', 'connect', '1.2.3.4:80', 'yes'],
  ['connect:1.2.3.4:80', 'connect', '1.2.3.4:81', no],
  ['connect:1.2.3.4:80', 'connect', '1.2.3.5:80', no],
  ['connect:1.2.3.4:80', 'connect', '[2001:4860::1]:80', no],
  ['connect:1.2.3.4:80', 'connect', 'unix:/run/x', no],
  ['connect:1.2.3.4', 'send', '1.2.3.4:80', no],
  ['connect:1.2.3.4', 'bind', '1.2.3.4:80', no],
  ['1.2.3.4:80', 'connect', '1.2.3.4:80', 'yes'],
  ['1.2.3.4:80', 'send', '1.2.3.4:80', 'yes'],
  ['1.2.3.4:80', 'bind', '1.2.3.4:80', 'yes'],
  ['connect:*:443', 'connect', '[2001:4860::1]:443', 'yes'],
  ['connect:*:443', 'connect', '1.2.3.4:80', no],
  ['connect:*:80,8000-8999', 'connect', '1.2.3.4:8999', 'yes'],
  ['connect:*:80,8000-8999', 'connect', '1.2.3.4:9000', no],
  ['connect:10.0.0.0/8', 'connect', '10.255.0.1:1', 'yes'],
  ['connect:10.0.0.0/8', 'connect', '11.0.0.1:1', no],
  ['connect:fd00::/8', 'connect', '[fdff::1]:1', 'yes'],
  ['connect:fd00::/8', 'connect', '[fe00::1]:1', no],
  ['connect:::/0', 'connect', '[::ffff:1.2.3.4]:1', no],
  // Deny wins; alone it denies only what it says.
  ['-connect:1.2.3.4', 'connect', '1.2.3.4:80', no],
  ['-connect:1.2.3.4', 'connect', '1.2.3.5:80', 'yes'],
  ['-connect:1.2.3.4', 'send', '1.2.3.4:80', 'yes'],
  ['connect:* -private', 'connect', '10.1.2.3:80', no],
  ['connect:* -private', 'connect', '8.8.8.8:80', 'yes'],
  ['-private connect:*', 'connect', '169.254.169.254:80', no],
  ['-*', 'connect', 'unix:/run/x', no],
  ['-*:80', 'connect', 'unix:/run/x', 'yes'],
  // Each way to spell the loopback.
  ...[
    '127.0.0.1:80',
    '127.255.255.254:80',
    '0.0.0.0:80',
    '[::]:80',
    '[::1]:80',
    '[0:0:0:0:0:0:0:1]:80',
    '[::ffff:127.0.0.1]:80',
    '[::ffff:7f00:1]:80',
    '[::ffff:0:0]:80',
  ].flatMap((where): [string, string, string, string][] => [
    ['-loopback', 'connect', where, no],
    ['loopback', 'connect', where, 'yes'],
    ['connect:localhost:80', 'connect', where, 'yes'],
    ['public private', 'connect', where, no],
    ['-loopback', 'send', where, no],
    ['udp:loopback', 'send', where, 'yes'],
    ['-udp:loopback', 'peer', where, no],
  ]),
  ['-127.0.0.1', 'connect', '0.0.0.0:80', no],
  ['-0.0.0.0', 'connect', '127.0.0.1:80', no],
  ['-0x7f000001', 'connect', '127.0.0.1:80', no],
  ['-0177.0.0.01', 'connect', '127.0.0.1:80', no],
  ['-[::ffff:127.0.0.1]', 'connect', '127.0.0.1:80', no],
  // An IPv4 address inside an IPv6 one is seen through to deny it, and to allow it where that host is meant.
  ['-127.0.0.1', 'connect', '[64:ff9b::7f00:1]:80', no],
  ['-127.0.0.1', 'connect', '[2002:7f00:1::]:80', no],
  ['-loopback', 'connect', '[2002:7f00:1::]:80', no],
  ['-127.0.0.1', 'connect', '[::7f00:1]:80', no],
  ['-loopback', 'connect', '[::ffff:0:7f00:1]:80', no],
  ['-loopback', 'connect', '[2001:0:1:2:3:4:80ff:fffe]:80', no],
  ['-private', 'connect', '[64:ff9b::a00:1]:80', no],
  ['-10.0.0.0/8', 'connect', '[64:ff9b::808:808]:80', 'yes'],
  ['public', 'connect', '[64:ff9b::808:808]:80', 'yes'],
  ['public', 'connect', '[64:ff9b::a00:1]:80', no],
  ['connect:8.8.8.8', 'connect', '[64:ff9b::808:808]:80', 'yes'],
  ['connect:8.8.8.8', 'connect', '[2002:808:808::1]:80', no],
  ['public', 'connect', '[2002:808:808::1]:80', no],
  ['public', 'connect', '[::808:808]:80', no],
  // Kinds of addresses.
  ...[
    '10.0.0.1',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.1.1',
    '[fd00::1]',
    '[fe80::1%2]',
    '[fec0::1]',
  ].flatMap((host): [string, string, string, string][] => [
    ['private', 'connect', `${host}:80`, 'yes'],
    ['-private', 'connect', `${host}:80`, no],
    ['public', 'connect', `${host}:80`, no],
  ]),
  ...['224.0.0.1', '255.255.255.255', '240.0.0.1', '192.0.2.1', '0.1.2.3', '[ff02::1]', '[2001:db8::1]'].map(
    (host): [string, string, string, string] => ['public private loopback', 'send', `${host}:80`, no],
  ),
  ['public', 'connect', '172.32.0.1:80', 'yes'],
  // Link-local addresses count on every interface.
  ['connect:fe80::1', 'connect', '[fe80::1%7]:80', 'yes'],
  ['-fe80::/10', 'connect', '[fe80::1%7]:80', no],
  // A place to listen at.
  ['listen:127.0.0.1:8000-8999', 'bind', '127.0.0.1:8080', 'yes'],
  ['listen:127.0.0.1:8000-8999', 'bind', '127.0.0.1:7999', no],
  ['listen:127.0.0.1:8000-8999', 'bind', '127.0.0.1:0', no],
  ['listen:127.0.0.1:0', 'bind', '127.0.0.1:0', 'yes'],
  ['listen:127.0.0.1', 'bind', '127.0.0.1:0', 'yes'],
  ['listen:127.0.0.1:8000', 'bind', '[::ffff:127.0.0.1]:8000', 'yes'],
  ['listen:127.0.0.1:8000', 'bind', '0.0.0.0:8000', no],
  ['listen:loopback:8000', 'bind', '[::]:8000', no],
  ['listen:0.0.0.0:8000', 'bind', '0.0.0.0:8000', 'yes'],
  ['listen:0.0.0.0:8000', 'bind', '10.0.0.5:8000', 'yes'],
  ['listen:0.0.0.0:8000', 'bind', '[::]:8000', no],
  ['listen:0.0.0.0:8000', 'bind', '[::ffff:0:0]:8000', 'yes'],
  ['listen:0.0.0.0/0:8000', 'bind', '0.0.0.0:8000', 'yes'],
  ['listen:::/0', 'bind', '[::]:8000', no],
  ['listen:[::]:8000', 'bind', '[::]:8000', 'yes'],
  ['listen:[::]:8000', 'bind', '0.0.0.0:8000', 'yes'],
  ['listen:*:8000', 'bind', '[::]:8000', 'yes'],
  ['-listen:10.0.0.0/8', 'bind', '0.0.0.0:8000', no],
  ['-listen:10.0.0.0/8', 'bind', '[::]:8000', no],
  ['-listen:public', 'bind', '0.0.0.0:8000', no],
  ['-listen:fd00::/8', 'bind', '0.0.0.0:8000', 'yes'],
  ['-listen:*:8000', 'bind', '127.0.0.1:0', no],
  ['-listen:*:22', 'bind', '127.0.0.1:0', 'yes'],
  ['-evil.test', 'bind', '0.0.0.0:8000', 'yes'],
  // Datagrams.
  ['udp:10.0.0.0/8:53', 'send', '10.1.1.1:53', 'yes'],
  ['udp:10.0.0.0/8:53', 'send', '10.1.1.1:54', no],
  ['datagram:10.0.0.0/8:53', 'peer', '10.1.1.1:53', 'yes'],
  ['udp:10.0.0.0/8:53', 'peer', '11.1.1.1:53', no],
  ['udp:10.0.0.0/8:53', 'connect', '10.1.1.1:53', no],
  ['udp:10.0.0.0/8:53', 'bind-udp', '0.0.0.0:0', 'yes'],
  ['connect:*', 'bind-udp', '0.0.0.0:0', 'yes'],
  ['udp:10.0.0.0/8:53', 'bind-udp', '0.0.0.0:53', no],
  ['udp:127.0.0.1:5353', 'bind-udp', '127.0.0.1:5353', 'yes'],
  ['udp:224.0.0.251:5353', 'join', '224.0.0.251:0', 'yes'],
  ['udp:224.0.0.251:5353', 'join', '224.0.0.252:0', no],
  ['-udp:224.0.0.0/4', 'join', '224.0.0.252:0', no],
  // Local sockets.
  ['unix:/run/x', 'connect', 'unix:/run/x', 'yes'],
  ['unix:/run/x', 'bind', 'unix:/run/x', 'yes'],
  ['connect:unix:/run/x', 'bind', 'unix:/run/x', no],
  ['unix:/run/x', 'connect', 'unix:/run/xy', no],
  ['unix:/run/x/*', 'connect', 'unix:/run/x/a/b', 'yes'],
  ['unix:/run/x/*', 'connect', 'unix:/run/x', no],
  ['unix:/run/x/*', 'connect', 'unix:/run/xy', no],
  ['unix:/run/x/*', 'connect', 'unix:/run/x/../docker.sock', no],
  ['unix:/run/x/*', 'connect', 'unix:run/x/a', no],
  ['unix:/run/x/*', 'connect', 'unix:/run/x/a\0b', no],
  ['-unix:/run/docker.sock', 'connect', 'unix:/run/x/../docker.sock', no],
  ['-unix:/run/docker.sock', 'connect', 'unix:docker.sock', no],
  ['-unix:/run/docker.sock', 'connect', 'unix:/run/x', 'yes'],
  ['unix:@bus', 'connect', 'unix:@bus', 'yes'],
  ['unix:/bus', 'connect', 'unix:@bus', no],
  ['unix:*', 'connect', 'unix:@bus', 'yes'],
  ['connect:*', 'connect', 'unix:/run/x', 'yes'],
  ['connect:*:80', 'connect', 'unix:/run/x', no],
  // Look-ups.
  ['resolve:*.example.com', 'resolve', 'www.example.com', 'yes'],
  ['resolve:*.example.com', 'resolve', 'example.com', unanswered],
  ['resolve:*.example.com', 'resolve', 'evilexample.com', unanswered],
  ['resolve:*.example.com', 'resolve', 'WWW.Example.COM.', 'yes'],
  ['connect:www.example.com:443', 'resolve', 'www.example.com', 'yes'],
  ['udp:www.example.com:443', 'resolve', 'www.example.com', 'yes'],
  ['listen:www.example.com:443', 'resolve', 'www.example.com', unanswered],
  ['connect:*:443', 'resolve', 'any.test', 'yes'],
  ['connect:public', 'resolve', 'any.test', unanswered],
  ['connect:loopback', 'resolve', 'localhost', 'yes'],
  ['-evil.test', 'resolve', 'evil.test', unanswered],
  ['-evil.test', 'resolve', 'ｅvil。test', unanswered],
  ['-evil.test', 'resolve', 'good.test', 'yes'],
  ['-evil.test:80', 'resolve', 'evil.test', 'yes'],
  ['*.example.com', 'resolve', 'evil.test\0.example.com', nameless],
  ['*.example.com', 'resolve', 'evil.test/.example.com', nameless],
  ['connect:1.2.3.4', 'resolve', '2130706433', 'yes'], // a number asks nobody, and its address may be dialled or not
  ['connect:1.2.3.4', 'resolve', '１２７.1', 'yes'],
  ['connect:10.0.0.1', 'resolveBack', '10.0.0.1', unanswered],
  ['resolve:10.0.0.0/8', 'resolveBack', '10.0.0.1', 'yes'],
  ['resolve:10.0.0.0/8', 'resolveBack', '::ffff:10.0.0.1', 'yes'],
  ['resolve:10.0.0.0/8', 'resolveBack', '11.0.0.1', unanswered],
  ['10.0.0.1:80', 'resolveBack', '10.0.0.1', unanswered],
  ['resolve:*', 'resolveBack', '11.0.0.1', 'yes'],
]

describe('rules', () => {
  test('are shown by more than sixty cases', () => expect(cases.length).toBeGreaterThan(60))

  test.each(cases)('%j: %s %j is %s', (rules, what, where, answer) => {
    const guest = under(rulesOf(rules), found)
    expect(attempt(guest.network, what, where)).toBe(answer)
    expect(guest.told.length).toBe(answer === no || answer === unanswered ? 1 : 0)
    const operation = { peer: 'connect', 'bind-udp': 'bind', join: 'setOption' }[what] ?? what
    const hosts = guest.inputsOf(operation as Operation).map((input) => (input as { host?: string }).host)
    if (answer === no) expect(hosts).toEqual([])
    if (answer !== 'yes') expect(hosts.filter((host) => host !== '127.0.0.1')).toEqual([])
  })

  test('an empty list allows nothing', () => {
    expect(attempt(under({ allow: [] }).network, 'connect', '1.2.3.4:80')).toBe(no)
  })

  test('what was opened beneath is not asked about: pairs, connections of the host', () => {
    const answers: Answers = {
      pair: () => [7, 8],
      receive: () => 1,
      receiveFrom: () => ({ length: 1, from: { family: 'unix', path: '' } }),
    }
    const { network } = under({ allow: [] }, answers)
    expect(network('pair', { type: 'dgram' })).toEqual([7, 8])
    expect(network('send', { handle: 7, data })).toBe(4)
    expect(network('receive', { handle: 8, into: data, peek: false })).toBe(1)
    expect(network('receiveFrom', { handle: 8, into: data, peek: false })).toMatchObject({ length: 1 })
    expect(network('listen', { handle: 9, backlog: 1 })).toBe(true)
  })
})

test.each(['LOOPBACK', 'Loopback', 'LocalHost', '127.0.0.1'])('%s is denied however it is written', (rule) => {
  const { network } = fakeNetwork({ open: () => 1, connect: () => true })
  const ruled = policy(network, { deny: [rule] })
  const handle = ruled('open', { family: 'inet', type: 'stream' })
  const to = { family: 'inet', host: '127.0.0.1', port: 80 } as const
  expect(() => ruled('connect', { handle, to })).toThrow(new SysError('EACCES'))
})

test('a guest with rules learns no address of this machine but the loopback from its interfaces', () => {
  const lo = { name: 'lo', index: 1, flags: 9, addresses: [{ family: 'inet', host: '127.0.0.1', prefix: 8 }] } as const
  const own = { family: 'inet6', host: 'fe80::1', prefix: 64 } as const
  const { network } = fakeNetwork({ interfaces: () => [lo, { name: 'eth0', index: 2, flags: 1, addresses: [own] }] })
  const seen = policy(network, { deny: ['*:25'] })('interfaces', {})
  expect(seen).toEqual([lo, { name: 'eth0', index: 2, flags: 1, addresses: [] }])
})
