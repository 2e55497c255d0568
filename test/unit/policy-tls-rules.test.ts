import { describe, expect, test } from 'vitest'
import type { TlsRequest } from '../../src/network/network.js'
import { attempt, no } from '../support/ruled-scene.js'

import { beside, server } from '../support/secured-scene.js'

describe('where a guest may connect, and how', () => {
  const cases: [rules: string, what: string, where: string, answer: 'yes' | 'mute' | typeof no][] = [
    ['tls:1.2.3.4:443', 'connect', '1.2.3.4:443', 'mute'],
    ['tls:1.2.3.4:443', 'connect', '1.2.3.4:80', no],
    ['tls:1.2.3.4:443', 'connect', '1.2.3.5:443', no],
    ['tls:connect:1.2.3.4:443', 'connect', '1.2.3.4:443', 'mute'],
    ['connect:tls:1.2.3.4:443', 'connect', '1.2.3.4:443', 'mute'],
    ['tls:10.0.0.0/8', 'connect', '10.1.2.3:443', 'mute'],
    ['tls:private:443', 'connect', '10.1.2.3:443', 'mute'],
    ['tls:*:443', 'connect', '1.2.3.4:443', 'mute'],
    ['tls:*', 'connect', '[2001:4860::1]:1', 'mute'],
    ['tls:*', 'connect', 'unix:/run/x', no],
    ['tls:*', 'send', '1.2.3.4:443', no],
    ['tls:*', 'peer', '1.2.3.4:443', no],
    ['tls:*', 'bind', '1.2.3.4:443', no],
    ['tls:listen:*', 'connect', '1.2.3.4:443', no],
    ['tls:listen:*:8443', 'bind', '0.0.0.0:8443', 'yes'],
    ['tls:loopback', 'connect', '0.0.0.0:443', 'mute'],
    ['tls:127.0.0.1', 'connect', '[::ffff:127.0.0.1]:443', 'mute'],
    ['tls:8.8.8.8', 'connect', '[64:ff9b::808:808]:443', 'mute'],
    // A rule that allows plain text wins, in whatever order; one that denies wins over both.
    ['tls:1.2.3.4:443 connect:1.2.3.4:443', 'connect', '1.2.3.4:443', 'yes'],
    ['connect:1.0.0.0/8 tls:1.2.3.4:443', 'connect', '1.2.3.4:443', 'yes'],
    ['1.2.3.4:443 tls:1.2.3.4:443', 'connect', '1.2.3.4:443', 'yes'],
    ['tls:1.2.3.4:443 connect:1.2.3.4:80', 'connect', '1.2.3.4:443', 'mute'],
    ['tls:1.2.3.4:443 udp:1.2.3.4:443', 'connect', '1.2.3.4:443', 'mute'],
    ['tls:1.2.3.4:443 -1.2.3.4', 'connect', '1.2.3.4:443', no],
    ['tls:*:443 -private', 'connect', '10.0.0.1:443', no],
    ['-private', 'connect', '1.2.3.4:443', 'yes'],
    // Look-ups, as for connect.
    ['tls:*.test:443', 'resolve', 'a.test', 'yes'],
    ['tls:*:443', 'resolve', 'a.test', 'yes'],
    ['tls:public:443', 'resolve', 'a.test', no],
    ['tls:listen:a.test:443', 'resolve', 'a.test', no],
  ]
  test.each(cases)('%j: %s %j is %s', (rules, what, where, answer) => {
    const guest = beside(rules)
    const got = attempt(guest.network, what, where)
    if (answer === no) return expect([no, 'EAI_FAIL']).toContain(got)
    expect(got).toBe('yes')
    if (what === 'connect') expect(guest.send(guest.connectTo(where))).toBe(answer === 'mute' ? no : 'yes')
  })
})

describe('whose certificate will do', () => {
  const cases: [rules: string, to: string, request: Partial<TlsRequest>, answer: 'yes' | typeof no][] = [
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'a.test' }, 'yes'],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'A.TEST.' }, 'yes'],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'b.test' }, 'yes'], // of the same domain, and so of the same people
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'test' }, no],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'evil.example' }, no],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: 'evil.example\0.test' }, no],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: '' }, no],
    ['tls:*.test:443', '192.0.2.9:443', { hostname: '192.0.2.9' }, no],
    ['tls:a.test:443', '192.0.2.9:443', { hostname: 'a.test' }, 'yes'],
    ['tls:a.test:443', '192.0.2.9:443', { hostname: 'b.test' }, no],
    ['tls:a.test:443 tls:b.test:444', '192.0.2.9:443', { hostname: 'b.test' }, no], // another port is another rule's
    ['tls:a.test:443 tls:192.0.2.9', '192.0.2.9:443', { hostname: '' }, 'yes'],
    ['tls:192.0.2.0/24', '192.0.2.9:443', { hostname: '' }, 'yes'],
    ['tls:192.0.2.0/24', '192.0.2.9:443', { hostname: '192.0.2.9' }, 'yes'],
    ['tls:192.0.2.0/24', '192.0.2.9:443', { hostname: '192.0.2.8' }, no],
    ['tls:192.0.2.9', '192.0.2.9:443', { hostname: 'a.test' }, no],
    ['tls:loopback', '127.0.0.1:443', { hostname: 'localhost' }, 'yes'],
    ['tls:loopback', '0.0.0.0:443', { hostname: '127.0.0.1' }, 'yes'],
    ['tls:loopback', '127.0.0.1:443', { hostname: 'a.test' }, no],
    ['tls:*:443', '192.0.2.9:443', { hostname: 'who.ever' }, 'yes'],
    ['tls:*:443', '192.0.2.9:443', { hostname: '' }, 'yes'],
    ['tls:*:443', '192.0.2.9:443', { hostname: 'a b' }, no],
    ['tls:a.test', '192.0.2.9:443', { hostname: 'a.test', verifies: false }, no],
    ['tls:*', '192.0.2.9:443', { hostname: 'a.test', role: 'server' }, no],
    ['tls:a.test connect:192.0.2.9', '192.0.2.9:443', { hostname: 'evil.example', verifies: false }, 'yes'],
  ]
  test.each(cases)('%j, dialled %j: %o is %s', (rules, to, request, answer) => {
    const guest = beside(rules)
    guest.lookUp('a.test')
    guest.told.splice(0)
    const handle = guest.connectTo(to)
    expect(guest.start(handle, request)).toBe(answer)
    expect(guest.send(handle)).toBe(answer)
    expect(guest.told.length).toBe(answer === no ? 2 : 0)
    expect(guest.inputsOf('startTls').length).toBe(answer === no ? 0 : 1)
  })

  test.each([
    ['A.tEsT.', 'a.test'],
    ['ａ.test', 'a.test'],
    ['0xc0000209', '192.0.2.9'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['', ''],
  ])('what is verified is the name that was checked: %s', (hostname, checked) => {
    const guest = beside('tls:*:443')
    guest.start(guest.connectTo('192.0.2.9:443'), { hostname })
    expect(guest.inputsOf('startTls')).toMatchObject([{ hostname: checked }])
  })
})

describe('what is told', () => {
  const tail = '--allow-net connect:a.test:443 would allow plain text'
  const place = '192.0.2.9:443 (a.test)'
  const cases: [string, (guest: ReturnType<typeof beside>, handle: number) => unknown, string][] = [
    [
      'sending',
      ({ send }, handle) => send(handle),
      `plain text to ${place}: --allow-net tls:*.test:443 demands TLS, ${tail}`,
    ],
    [
      'receiving',
      ({ receive }, handle) => receive(handle),
      `plain text from ${place}: --allow-net tls:*.test:443 demands TLS, ${tail}`,
    ],
    [
      'no verification',
      ({ start }, handle) => start(handle, { hostname: 'a.test', verifies: false }),
      `TLS without verification with ${place}: --allow-net tls:*.test:443 demands verification, ${tail}`,
    ],
    [
      'another name, which cannot move a cursor',
      ({ start }, handle) => start(handle, { hostname: 'b\x1b[2J' }),
      `TLS in the name of b\\u001b[2J with ${place}: --allow-net tls:*.test:443 does not cover it, ${tail}`,
    ],
    [
      'a name that another rule is for',
      ({ start }, handle) => start(handle, { hostname: 'B.example.' }),
      `TLS in the name of B.example. with ${place}: --allow-net tls:*.test:443 does not cover it, --allow-net tls:b.example:443 is for that name, ${tail}`,
    ],
    [
      'no name',
      ({ start }, handle) => start(handle),
      `TLS without a name with ${place}: --allow-net tls:*.test:443 does not cover it, ${tail}`,
    ],
    [
      'the wrong side',
      ({ start }, handle) => start(handle, server),
      `TLS as a server with ${place}: --allow-net tls:*.test:443 demands it as a client, ${tail}`,
    ],
  ]
  test.each(cases)('of %s', (_, act, text) => {
    const guest = beside('tls:*.test:443')
    guest.lookUp('a.test')
    act(guest, guest.connectTo('192.0.2.9:443'))
    expect(guest.texts()).toEqual([`refused ${text}`])
    expect(guest.told).toMatchObject([
      { demandedBy: 'tls:*.test:443', allowedBy: 'connect:a.test:443', deniedBy: undefined, direction: 'connect' },
    ])
  })
})
