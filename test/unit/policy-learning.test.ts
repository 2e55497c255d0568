import { describe, expect, test } from 'vitest'
import type { Network, Resolution } from '../../src/network/network.js'
import { type Answers, attempt, found, no, under } from '../support/ruled-scene.js'

type Attempts = readonly (readonly [what: string, where: string])[]

/** What a guest does, and the rules that are learned of it. */
const cases: readonly (readonly [attempts: Attempts, rules: readonly string[]])[] = [
  [[['connect', '1.2.3.4:80']], ['connect:1.2.3.4:80']],
  [[['connect', '[2001:db8::1]:80']], ['connect:[2001:db8::1]:80']],
  [[['connect', '[::ffff:1.2.3.4]:80']], ['connect:1.2.3.4:80']],
  [[['connect', '0.0.0.0:80']], ['connect:127.0.0.1:80']],
  [[['connect', 'unix:/run/x']], ['connect:unix:/run/x']],
  [[['connect', 'unix:@name']], ['connect:unix:@name']],
  [[['connect', 'unix:/run/a\nb']], ['connect:unix:*']],
  [[['connect', 'unix:run/x']], ['connect:unix:*']],
  [[['send', '8.8.8.8:53']], ['udp:8.8.8.8:53']],
  [[['send', 'unix:/run/log']], ['udp:*']],
  [[['peer', '8.8.8.8:53']], ['udp:8.8.8.8:53']],
  [[['bind', '127.0.0.1:0']], ['listen:127.0.0.1:0']],
  [[['bind', '0.0.0.0:8080']], ['listen:0.0.0.0:8080']],
  [[['bind', '[::]:8080']], ['listen:[::]:8080']],
  [[['bind-udp', '0.0.0.0:5353']], ['udp:0.0.0.0:5353']],
  [[['join', '224.0.0.251:0']], ['udp:224.0.0.251']],
  [[['resolve', 'a.test']], ['resolve:a.test']],
  [[['resolveBack', '1.2.3.4']], ['resolve:1.2.3.4']],
  [
    [
      ['resolve', 'a.test'],
      ['connect', '192.0.2.9:443'],
    ],
    ['resolve:a.test', 'connect:a.test:443'],
  ],
  [
    [
      ['connect', '1.2.3.4:80'],
      ['connect', '1.2.3.4:80'],
    ],
    ['connect:1.2.3.4:80'],
  ],
]
const row = (attempts: Attempts) => attempts.map((each) => each.join(' ')).join(', ')
const did = (network: Network, attempts: Attempts) => attempts.map(([what, where]) => attempt(network, what, where))

describe.each(cases.map(([attempts, rules]) => [JSON.stringify(row(attempts)), attempts, rules] as const))(
  'a guest that does %s',
  (_, attempts, rules) => {
    test('is let, and the rules for it are told', () => {
      const { network, told } = under({ learn: true }, found)
      expect(did(network, attempts)).toEqual(attempts.map(() => 'yes'))
      expect(told.map(({ allowedBy, wasLearned }) => [allowedBy, wasLearned])).toEqual(
        rules.map((rule) => [rule, true]),
      )
    })

    test('is let by these rules, and nothing is refused', () => {
      const { network, told } = under({ allow: rules }, found)
      expect(did(network, attempts)).toEqual(attempts.map(() => 'yes'))
      expect(told).toEqual([])
    })
  },
)

test('what is denied stays denied, and what is allowed is not learned', () => {
  const { network, told } = under({ allow: ['connect:1.2.3.4'], deny: ['private'], learn: true })
  expect(attempt(network, 'connect', '1.2.3.4:80')).toBe('yes')
  expect(attempt(network, 'connect', '10.0.0.1:80')).toBe(no)
  expect(told).toEqual([expect.objectContaining({ deniedBy: 'private' })])
})

test('with rules that only deny, all else is learned', () => {
  const { network, told } = under({ deny: ['private'], learn: true })
  expect(attempt(network, 'connect', '1.2.3.4:80')).toBe('yes')
  expect(told.map(({ allowedBy }) => allowedBy)).toEqual(['connect:1.2.3.4:80'])
})

test('a name that has two ports makes two rules, one that has two addresses makes one', () => {
  const two: Answers = {
    answer: (): Resolution => ({
      is: 'found',
      hosts: ['192.0.2.1', '192.0.2.2'].map((host) => ({ host, family: 'inet' })),
    }),
  }
  const { network, told } = under({ learn: true }, two)
  for (const where of ['192.0.2.1:80', '192.0.2.2:80', '192.0.2.2:443']) {
    attempt(network, 'resolve', 'a.test')
    attempt(network, 'connect', where)
  }
  expect(told.map(({ allowedBy }) => allowedBy)).toEqual(['resolve:a.test', 'connect:a.test:80', 'connect:a.test:443'])
})

test('a guest that goes everywhere makes a bounded number of rules', () => {
  const { network, told } = under({ learn: true })
  for (let port = 1; port <= 3000; port++) expect(attempt(network, 'connect', `1.2.3.4:${port}`)).toBe('yes')
  expect(told.length).toBe(1001)
  expect(told.at(-1)?.allowedBy).toBe('connect:*')
})

test('without learn nothing is let by mistake', () => {
  expect(attempt(under({ allow: [], learn: false }).network, 'connect', '1.2.3.4:80')).toBe(no)
  expect(attempt(under({ allow: [], learn: undefined }).network, 'connect', '1.2.3.4:80')).toBe(no)
})
