import { describe, expect, test } from 'vitest'
import {
  AGAIN,
  type Input,
  type Network,
  type Operation,
  type Output,
  type Resolution,
} from '../../src/network/network.js'
import { policy } from '../../src/network/rules/policy.js'
import type { PolicyOptions } from '../../src/network/rules/referee.js'
import type { Refusal } from '../../src/network/rules/refusals.js'
import type { NetworkRules } from '../../src/network/rules/rules.js'
import type { Address, InetAddress } from '../../src/posix/address.js'
import { SysError } from '../../src/posix/errno.js'
import { fakeNetwork } from '../support/fake-network.js'

/** `1.2.3.4:80`, `[::1]:80` and `unix:/x` as an address, exactly as it is written. */
function at(text: string): Address {
  if (text.startsWith('unix:')) return { family: 'unix', path: text.slice(5).replace('@', '\0') }
  const [, six, four = '', port] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(text) ?? []
  const scope = Number(six?.split('%')[1] ?? 0)
  if (six !== undefined) return { family: 'inet6', host: six.replace(/%.*/, ''), port: Number(port), scope }
  return { family: 'inet', host: four, port: Number(port) }
}

type Answers = { [K in Operation]?: (input: Input<K>) => Output<K> }
const yes = () => true as const

/** A guest's network under rules, over one where everything works. */
function under(rules: NetworkRules, answers: Answers = {}, options: PolicyOptions = {}) {
  const told: Refusal[] = []
  let handles = 0
  const {
    network: bare,
    asked,
    inputsOf,
  } = fakeNetwork({
    open: () => ++handles,
    bind: yes,
    listen: yes,
    connect: yes,
    close: yes,
    setOption: yes,
    send: ({ data }) => data.length,
    resolve: () => ++handles,
    resolveBack: () => ++handles,
    ...answers,
  })
  const network = policy(bare, rules, { onRefusal: (refusal) => void told.push(refusal), ...options })
  return { network, asked, inputsOf, told, texts: () => told.map(({ text }) => text) }
}

function errnoOf(call: () => unknown): string {
  try {
    call()
    return 'yes'
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

const familyOf = (address: Address) => address.family
const data = new Uint8Array(4)

/** What a guest does in one word, with an address: `yes`, or the errno. */
function attempt(network: Network, what: string, where: string): string {
  if (what === 'resolve' || what === 'resolveBack') return lookUp(network, what, where)
  const to = at(where)
  const type = what === 'send' || what === 'peer' || what === 'bind-udp' || what === 'join' ? 'dgram' : 'stream'
  const handle = network('open', { family: familyOf(to), type })
  const { host } = to as InetAddress
  const calls: Record<string, () => unknown> = {
    connect: () => network('connect', { handle, to }),
    peer: () => network('connect', { handle, to }),
    send: () => network('send', { handle, data, to }),
    bind: () => network('bind', { handle, to }),
    'bind-udp': () => network('bind', { handle, to }),
    join: () => network('setOption', { handle, option: 'join', value: { group: host, via: '' } }),
  }
  const call = calls[what]
  if (call === undefined) throw new Error(`nobody knows ${what}`)
  return errnoOf(call)
}

function lookUp(network: Network, what: 'resolve' | 'resolveBack', host: string): string {
  const handle = what === 'resolve' ? network(what, { host, family: undefined }) : network(what, { host })
  const answer = network('answer', { handle })
  if (answer === AGAIN) throw new Error('it should be there')
  return answer.is === 'failed' ? answer.reason : 'yes'
}

const no = 'EACCES'
const unanswered = 'EAI_FAIL'
const nameless = 'EAI_NONAME'
const found: Answers = { answer: () => ({ is: 'found', hosts: [{ host: '192.0.2.9', family: 'inet' }] }) }

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

function rulesOf(text: string): NetworkRules {
  const words = text.split(' ').filter((word) => word !== '')
  const allow = words.filter((word) => !word.startsWith('-'))
  const deny = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1))
  return { ...(allow.length > 0 && { allow }), deny }
}

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

describe('names', () => {
  /** A name server whose answers follow each other. */
  const answering = (...answers: string[][]): Answers => ({
    answer: (): Resolution => ({
      is: 'found',
      hosts: (answers.shift() ?? []).map((host) => ({ host, family: host.includes(':') ? 'inet6' : 'inet' })),
    }),
  })
  const ask = (network: Network, host: string, family?: 'inet' | 'inet6') =>
    network('answer', { handle: network('resolve', { host, family }) })

  test('only the answers of an allowed name may be dialled, at the ports of the rule', () => {
    const { network } = under({ allow: ['connect:a.test:443'] }, answering(['192.0.2.1', '2001:db8::1']))
    expect(attempt(network, 'connect', '192.0.2.1:443')).toBe(no)
    ask(network, 'A.test')
    expect(attempt(network, 'connect', '192.0.2.1:443')).toBe('yes')
    expect(attempt(network, 'connect', '[::ffff:192.0.2.1]:443')).toBe('yes')
    expect(attempt(network, 'connect', '[2001:db8::1]:443')).toBe('yes')
    expect(attempt(network, 'connect', '192.0.2.1:80')).toBe(no)
    expect(attempt(network, 'connect', '192.0.2.2:443')).toBe(no)
    expect(attempt(network, 'send', '192.0.2.1:443')).toBe(no)
  })

  test('a second look-up gives the first answer, and asks nobody', () => {
    const answers = answering(['192.0.2.1'], ['10.0.0.1'], ['10.0.0.2'])
    const { network, inputsOf } = under({ allow: ['connect:a.test:443'] }, answers)
    const first = ask(network, 'a.test')
    expect(first).toEqual({ is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] })
    expect(ask(network, 'a.test.')).toEqual(first)
    expect(attempt(network, 'connect', '10.0.0.1:443')).toBe(no)
    const hosts = inputsOf('resolve').map((input) => (input as Input<'resolve'>).host)
    expect(hosts).toEqual(['a.test', '127.0.0.1'])
  })

  test('two look-ups that are under way have the answer of the one that ends first', () => {
    const { network } = under({ allow: ['connect:a.test:443'] }, answering(['192.0.2.1'], ['10.0.0.1']))
    const input = { host: 'a.test', family: undefined }
    const handles = [network('resolve', input), network('resolve', input)]
    const answers = handles.map((handle) => network('answer', { handle }))
    expect(answers[1]).toEqual(answers[0])
    expect(attempt(network, 'connect', '10.0.0.1:443')).toBe(no)
  })

  test('one look-up serves both families', () => {
    const { network, inputsOf } = under(
      { allow: ['connect:a.test:443'] },
      answering(['192.0.2.1', '2001:db8::1'], ['10.0.0.1']),
    )
    expect(ask(network, 'a.test', 'inet')).toEqual({ is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] })
    expect(ask(network, 'a.test', 'inet6')).toEqual({ is: 'found', hosts: [{ host: '2001:db8::1', family: 'inet6' }] })
    expect(inputsOf('resolve')[0]).toEqual({ host: 'a.test', family: undefined })
  })

  test('a family that a name has no address of', () => {
    const { network } = under({ allow: ['connect:a.test:443'] }, answering(['192.0.2.1']))
    expect(ask(network, 'a.test', 'inet6')).toEqual({ is: 'failed', reason: 'EAI_NONAME' })
  })

  test('a look-up that failed may be tried again', () => {
    const answers: Resolution[] = [
      { is: 'failed', reason: 'EAI_AGAIN' },
      { is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] },
    ]
    const { network } = under({ allow: ['connect:a.test:443'] }, { answer: () => answers.shift() as Resolution })
    expect(ask(network, 'a.test')).toMatchObject({ is: 'failed' })
    expect(ask(network, 'a.test')).toMatchObject({ is: 'found' })
  })

  test('an answer that is not there yet is waited for', () => {
    const answers: Output<'answer'>[] = [AGAIN, { is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] }]
    const { network } = under({ allow: ['connect:a.test:443'] }, { answer: () => answers.shift() as Output<'answer'> })
    const handle = network('resolve', { host: 'a.test', family: undefined })
    expect(network('answer', { handle })).toBe(AGAIN)
    expect(network('answer', { handle })).toMatchObject({ is: 'found' })
  })

  test('an address that a name leads to is denied all the same', () => {
    const { network, texts } = under({ allow: ['connect:*.test'], deny: ['private'] }, answering(['10.0.0.1']))
    ask(network, 'a.test')
    expect(attempt(network, 'connect', '10.0.0.1:80')).toBe(no)
    expect(texts()).toEqual(['refused connecting to 10.0.0.1:80 (a.test): --deny-net private denies it'])
  })

  test('the answers of a denied name are denied', () => {
    const { network } = under({ deny: ['connect:evil.test'] }, answering(['192.0.2.1']))
    ask(network, 'evil.test')
    expect(attempt(network, 'connect', '192.0.2.1:80')).toBe(no)
    expect(attempt(network, 'connect', '192.0.2.2:80')).toBe('yes')
  })

  test('a name that leads nowhere, 0.0.0.0, does not lead to the loopback', () => {
    const { network } = under({ allow: ['connect:a.test'] }, answering(['0.0.0.0', '::']))
    ask(network, 'a.test')
    expect(attempt(network, 'connect', '0.0.0.0:80')).toBe(no)
    expect(attempt(network, 'connect', '127.0.0.1:80')).toBe(no)
  })

  test('what is asked is the name that was checked', () => {
    const { network, inputsOf } = under({ allow: ['connect:*.example.com'] }, answering(['192.0.2.1']))
    ask(network, 'WWW。ｅxample.com.')
    expect(inputsOf('resolve')).toEqual([{ host: 'www.example.com', family: undefined }])
  })

  test('a guest cannot make the host remember more than so many', () => {
    const { network } = under(
      { allow: ['connect:*.test'] },
      { answer: () => ({ is: 'found', hosts: [{ host: '192.0.2.1', family: 'inet' }] }) },
    )
    for (let count = 0; count < 4096; count++) ask(network, `n${count}.test`)
    expect(ask(network, 'one-more.test')).toEqual({ is: 'failed', reason: 'EAI_FAIL' })
    expect(ask(network, 'n0.test')).toMatchObject({ is: 'found' })
  })
})

describe('sockets change', () => {
  const stream = (network: Network) => network('open', { family: 'inet', type: 'stream' })
  const rules = { allow: ['listen:127.0.0.1:8000', 'connect:127.0.0.1:80'] }

  test('listening without bind is listening everywhere', () => {
    const guest = under(rules)
    expect(errnoOf(() => guest.network('listen', { handle: stream(guest.network), backlog: 1 }))).toBe(no)
    const all = under({ allow: ['listen:*:0'] })
    expect(errnoOf(() => all.network('listen', { handle: stream(all.network), backlog: 1 }))).toBe('yes')
  })

  test('a socket that is bound listens where it is bound', () => {
    const { network } = under(rules)
    const handle = stream(network)
    network('bind', { handle, to: at('127.0.0.1:8000') })
    expect(network('listen', { handle, backlog: 1 })).toBe(true)
  })

  test('a bind that was refused, failed, or has not answered yet, is none', () => {
    const answers: (true | typeof AGAIN | 'fails')[] = ['fails', AGAIN]
    const bind = () => {
      const answer = answers.shift()
      if (answer === 'fails') throw new SysError('EADDRINUSE')
      return answer as true
    }
    const { network } = under(rules, { bind })
    const handle = stream(network)
    expect(errnoOf(() => network('bind', { handle, to: at('0.0.0.0:8000') }))).toBe(no)
    expect(errnoOf(() => network('bind', { handle, to: at('127.0.0.1:8000') }))).toBe('EADDRINUSE')
    expect(errnoOf(() => network('listen', { handle, backlog: 1 }))).toBe(no)
    expect(network('bind', { handle, to: at('127.0.0.1:8000') })).toBe(AGAIN)
    expect(errnoOf(() => network('listen', { handle, backlog: 1 }))).toBe(no)
  })

  test('connecting undoes bind, as in Node, and listening is everywhere again', () => {
    const connect = () => {
      throw new SysError('ECONNREFUSED')
    }
    const { network } = under(rules, { connect })
    const handle = stream(network)
    network('bind', { handle, to: at('127.0.0.1:8000') })
    expect(errnoOf(() => network('connect', { handle, to: at('127.0.0.1:80') }))).toBe('ECONNREFUSED')
    expect(errnoOf(() => network('listen', { handle, backlog: 1 }))).toBe(no)
  })

  test('a refused connect leaves a socket bound', () => {
    const { network } = under(rules)
    const handle = stream(network)
    network('bind', { handle, to: at('127.0.0.1:8000') })
    expect(errnoOf(() => network('connect', { handle, to: at('127.0.0.1:81') }))).toBe(no)
    expect(errnoOf(() => network('bind', { handle, to: at('127.0.0.1:8000') }))).toBe('EINVAL')
    expect(errnoOf(() => network('listen', { handle, backlog: 1 }))).toBe('yes')
  })

  test('a handle that is used again is another socket', () => {
    const { network } = under(rules, { open: () => 5 })
    const handle = stream(network)
    network('bind', { handle, to: at('127.0.0.1:8000') })
    network('close', { handle, abort: false })
    expect(errnoOf(() => network('listen', { handle: stream(network), backlog: 1 }))).toBe(no)
  })

  test('from a socket with an address of its own 0.0.0.0 leads there', () => {
    const { network } = under({ allow: ['listen:10.0.0.5', 'connect:loopback'] })
    const handle = stream(network)
    network('bind', { handle, to: at('10.0.0.5:8000') })
    expect(errnoOf(() => network('connect', { handle, to: at('0.0.0.0:80') }))).toBe(no)
  })
})

describe('datagrams', () => {
  /** A datagram socket to which these have written, in this order. */
  function written(rules: NetworkRules, bindTo: string | undefined, senders: string[]) {
    const queue = senders.map((sender) => at(sender) as InetAddress)
    const guest = under(rules, {
      receiveFrom({ into, peek }) {
        const from = peek ? queue[0] : queue.shift()
        into.fill(7)
        return from === undefined ? AGAIN : { length: 4, from }
      },
    })
    const handle = guest.network('open', { family: 'inet', type: 'dgram' })
    if (bindTo !== undefined) guest.network('bind', { handle, to: at(bindTo) })
    const receive = () => {
      const got = guest.network('receiveFrom', { handle, into: data.fill(0), peek: false })
      return got === AGAIN ? AGAIN : (got.from as InetAddress).host
    }
    const send = (to: string) => errnoOf(() => guest.network('send', { handle, data, to: at(to) }))
    return { ...guest, handle, receive, send }
  }

  test('one to a forbidden address on an allowed socket is refused', () => {
    const { network, handle, send, inputsOf } = written({ allow: ['udp:10.0.0.1:53'] }, undefined, [])
    expect(network('connect', { handle, to: at('10.0.0.1:53') })).toBe(true)
    expect(send('10.0.0.1:53')).toBe('yes')
    expect(send('10.0.0.2:53')).toBe(no)
    expect(send('10.0.0.1:54')).toBe(no)
    expect(send('10.0.0.1:53')).toBe('yes')
    expect(errnoOf(() => network('connect', { handle, to: at('10.0.0.2:53') }))).toBe(no)
    expect(network('connect', { handle, to: undefined })).toBe(true)
    expect(send('10.0.0.2:53')).toBe(no)
    expect(inputsOf('send').length).toBe(2)
  })

  test('those of forbidden senders are dropped before the guest sees them, and told', () => {
    const { receive, texts } = written({ allow: ['udp:10.0.0.1:53'] }, '0.0.0.0:0', [
      '6.6.6.6:53',
      '10.0.0.1:53',
      '10.0.0.1:54',
    ])
    expect(receive()).toBe('10.0.0.1')
    data.fill(0)
    expect(receive()).toBe(AGAIN)
    expect([...data]).toEqual([0, 0, 0, 0])
    expect(texts()).toEqual([
      'refused a datagram from 6.6.6.6:53: no rule allows it, --allow-net udp:6.6.6.6:53 would',
      'refused a datagram from 10.0.0.1:54: no rule allows it, --allow-net udp:10.0.0.1:54 would',
    ])
  })

  test('who writes to a place that a rule allows is heard and may be answered, and nobody else', () => {
    const { receive, send } = written({ allow: ['udp:10.0.0.1:5353'] }, '10.0.0.1:5353', ['6.6.6.6:1000'])
    expect(send('6.6.6.6:1000')).toBe(no)
    expect(receive()).toBe('6.6.6.6')
    expect(send('6.6.6.6:1000')).toBe('yes')
    expect(send('6.6.6.6:1001')).toBe(no)
    expect(send('6.6.6.7:1000')).toBe(no)
  })

  test('but for those that are denied', () => {
    const rules = { allow: ['udp:10.0.0.1:5353'], deny: ['udp:6.6.6.6'] }
    const { receive, send } = written(rules, '10.0.0.1:5353', ['6.6.6.6:1000', '6.6.6.7:1000'])
    expect(receive()).toBe('6.6.6.7')
    expect(send('6.6.6.6:1000')).toBe(no)
  })

  test('the end of a socket that was shut down is no datagram', () => {
    const end: Answers = { receiveFrom: () => ({ length: 0, from: { family: 'inet', host: '0.0.0.0', port: 0 } }) }
    const { network } = under({ allow: [] }, end)
    const handle = network('open', { family: 'inet', type: 'dgram' })
    expect(network('receiveFrom', { handle, into: data, peek: false })).toMatchObject({ length: 0 })
  })

  test('a bind that was first asked for another place is for that place', () => {
    const answers = [AGAIN, true] as const
    let asked = 0
    const guest = under(
      { allow: ['udp:127.0.0.1:5353'] },
      {
        bind: () => answers[asked++] as true,
        receiveFrom: ({ peek }) => (peek ? { length: 4, from: at('6.6.6.6:1') } : AGAIN),
      },
    )
    const handle = guest.network('open', { family: 'inet', type: 'dgram' })
    guest.network('bind', { handle, to: at('0.0.0.0:0') })
    guest.network('bind', { handle, to: at('127.0.0.1:5353') })
    expect(errnoOf(() => guest.network('send', { handle, data, to: at('6.6.6.6:1') }))).toBe(no)
  })
})

describe('local sockets', () => {
  test('a path counts as where it leads, and a rule as where it led at first', () => {
    const links: Record<string, string> = { '/run/app': '/srv/app' }
    const realPath = (path: string) => links[path] ?? path
    const { network, texts } = under({ allow: ['unix:/run/app', 'connect:unix:/data/own'] }, {}, { realPath })
    links['/data/own'] = '/run/docker.sock'
    links['/tmp/x'] = '/srv/app'
    expect(attempt(network, 'connect', 'unix:/tmp/x')).toBe('yes')
    expect(attempt(network, 'connect', 'unix:/data/own')).toBe(no)
    expect(texts()).toEqual([
      'refused connecting to unix:/data/own (/run/docker.sock): no rule allows it, --allow-net connect:unix:/run/docker.sock would',
    ])
  })
})

describe('what is told', () => {
  test.each([
    ['', 'connect', '1.2.3.4:80', 'connecting to 1.2.3.4:80: no rule allows it, --allow-net connect:1.2.3.4:80 would'],
    [
      '',
      'connect',
      '0.0.0.0:80',
      'connecting to 0.0.0.0:80 (127.0.0.1): no rule allows it, --allow-net connect:127.0.0.1:80 would',
    ],
    [
      '',
      'connect',
      '[fd00::1]:80',
      'connecting to [fd00::1]:80: no rule allows it, --allow-net connect:[fd00::1]:80 would',
    ],
    ['', 'send', '1.2.3.4:80', 'a datagram to 1.2.3.4:80: no rule allows it, --allow-net udp:1.2.3.4:80 would'],
    ['', 'bind', '[::]:80', 'binding to [::]:80: no rule allows it, --allow-net listen:[::]:80 would'],
    ['', 'resolve', 'A.test', 'looking up a.test: no rule allows it, --allow-net resolve:a.test would'],
    [
      '',
      'resolveBack',
      '1.2.3.4',
      'looking up the name of 1.2.3.4: no rule allows it, --allow-net resolve:1.2.3.4 would',
    ],
    ['', 'connect', 'unix:@bus', 'connecting to unix:@bus: no rule allows it, --allow-net connect:unix:@bus would'],
    ['', 'join', '224.0.0.1:0', 'joining the group 224.0.0.1: no rule allows it, --allow-net udp:224.0.0.1 would'],
    ['-1.0.0.0/8', 'connect', '1.2.3.4:80', 'connecting to 1.2.3.4:80: --deny-net 1.0.0.0/8 denies it'],
  ])('%j: %s %j', (deny, what, where, text) => {
    const guest = under({ ...rulesOf(deny), allow: [] }, found)
    attempt(guest.network, what, where)
    expect(guest.texts()).toEqual([`refused ${text}`])
    const [refusal] = guest.told
    if (refusal?.allowedBy === undefined) return expect(refusal?.deniedBy).toBe(deny.slice(1))
    const again = under({ allow: [refusal.allowedBy] }, found)
    expect(attempt(again.network, what, where)).toBe('yes')
  })

  test('each line once, and no more than so many', () => {
    const { network, texts } = under({ allow: [] })
    for (let port = 1; port < 300; port++)
      for (let time = 0; time < 2; time++) attempt(network, 'connect', `1.2.3.4:${port}`)
    expect(texts().length).toBe(200)
    expect(new Set(texts()).size).toBe(200)
    expect(texts().at(-1)).toMatch(/would; further refusals are not told$/)
  })

  test('what a guest writes cannot move a cursor', () => {
    const { network, texts } = under({ allow: [] }, found)
    attempt(network, 'connect', 'unix:/\x1b[2J\n\u009b\u{1f600}')
    expect(texts().length).toBe(1)
    for (const text of texts()) expect(text).toMatch(/^[\x20-\x7e]+$/)
  })
})

test.each(['LOOPBACK', 'Loopback', 'LocalHost', '127.0.0.1'])('%s is denied however it is written', (rule) => {
  const { network } = fakeNetwork({ open: () => 1, connect: () => true })
  const ruled = policy(network, { deny: [rule] })
  const handle = ruled('open', { family: 'inet', type: 'stream' })
  const to = { family: 'inet', host: '127.0.0.1', port: 80 } as const
  expect(() => ruled('connect', { handle, to })).toThrow(new SysError('EACCES'))
})
