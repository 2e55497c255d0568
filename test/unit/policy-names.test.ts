import { describe, expect, test } from 'vitest'
import { AGAIN, type Input, type Network, type Output, type Resolution } from '../../src/network/network.js'
import { type Answers, attempt, no, under } from '../support/ruled-scene.js'

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
