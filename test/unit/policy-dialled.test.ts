import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import { type HeldPath, type LocalPaths, unheld } from '../../src/network/rules/paths.js'
import { SysError } from '../../src/posix/errno.js'
import { at, data, errnoOf, no, under } from '../support/ruled-scene.js'

describe('an unspecified address', () => {
  type Row = readonly [what: string, steps: readonly string[], to: string, dialled: string]
  const rows: readonly Row[] = [
    ['of a fresh socket', [], '0.0.0.0:80', '127.0.0.1:80'],
    ['of a fresh socket of IPv6', [], '[::]:80', '[::1]:80'],
    ['with a scope', [], '[::%3]:80', '[::1]:80'],
    ['mapped', [], '[::ffff:0:0]:80', '[::ffff:127.0.0.1]:80'],
    ['of a socket that is bound to an address', ['bind 10.0.0.5:1'], '0.0.0.0:80', '10.0.0.5:80'],
    ['of a socket that is bound to any', ['bind 0.0.0.0:1'], '0.0.0.0:80', '127.0.0.1:80'],
    ['of one that is bound to a mapped address', ['bind [::ffff:10.0.0.5]:1'], '[::]:80', '[::ffff:127.0.0.1]:80'],
    ['mapped, of the same', ['bind [::ffff:10.0.0.5]:1'], '[::ffff:0.0.0.0]:80', '[::ffff:10.0.0.5]:80'],
    ['of one with a mapped peer', ['connect [::ffff:10.0.0.5]:1'], '[::]:80', '[::ffff:127.0.0.1]:80'],
    ['of one that has left a mapped peer', ['connect [::ffff:10.0.0.5]:1', 'leave'], '[::]:80', '[::1]:80'],
    ['of one that keeps to the loopback', ['device lo'], '0.0.0.0:80', '127.0.0.1:80'],
    ['of one that keeps to an interface, where all is allowed', ['device eth0'], '0.0.0.0:80', '0.0.0.0:80'],
    ['of one that keeps to none any more', ['device eth0', 'device '], '0.0.0.0:80', '127.0.0.1:80'],
    ['no such address', [], '10.0.0.0:80', '10.0.0.0:80'],
    ['no such address of IPv6', [], '[::2]:80', '[::2]:80'],
  ]

  test.each(rows)('%s', (_, steps, to, dialled) => {
    const { network, inputsOf } = guest(steps, { deny: ['9.9.9.9:9'] }, at(to).family)
    expect(network(to)).toBe('yes')
    expect(inputsOf('send')).toMatchObject([{ to: at(dialled) }])
  })

  test.each([
    ['an interface', ['device eth0'], '0.0.0.0:80'],
    ['an interface, with the loopback by name', ['device eth0'], '127.0.0.1:80'],
    ['an interface, after it has been there', ['bind 0.0.0.0:0', 'send 127.0.0.1:80', 'device eth0'], '127.0.0.1:80'],
    [
      'the interface of a link-local peer, after it has been there',
      ['bind [::]:0', 'send [::1]:80', 'connect [fe80::1%2]:1'],
      '[::1]:80',
    ],
    ['the interface of a link-local address', ['bind [fe80::1%2]:1'], '[::]:80'],
    ['the interface of a link-local peer', ['connect [fe80::1%2]:1'], '[::1]:80'],
    ['the interface of a group', ['connect [ff02::1%2]:1'], '[::1]:80'],
  ])('is refused to a socket that keeps to %s, unless all is allowed', (_, steps, to) => {
    const family = at(to).family
    const allow = ['udp:loopback', 'udp:0.0.0.0', 'udp:fe80::/10', 'udp:ff02::/16', 'udp:0.0.0.0/0']
    expect(guest(steps, { allow }, family).network(to)).toBe(no)
    expect(guest(steps, { deny: ['192.0.2.0/24'] }, family).network(to)).toBe(no)
    expect(guest(steps, { allow: ['*'] }, family).network(to)).toBe('yes')
  })

  /** A datagram socket after these steps; `network` sends from it. */
  function guest(steps: readonly string[], rules: Parameters<typeof under>[0], family: 'inet' | 'inet6' | 'unix') {
    const { network, inputsOf } = under(rules)
    const handle = network('open', { family, type: 'dgram' })
    for (const [what = '', where = ''] of steps.map((step) => step.split(' '))) {
      if (what === 'bind') network('bind', { handle, to: at(where) })
      else if (what === 'send') errnoOf(() => network('send', { handle, data, to: at(where) }))
      else if (what === 'device') network('setOption', { handle, option: 'device', value: where })
      else network('connect', { handle, to: what === 'leave' ? undefined : at(where) })
    }
    return { inputsOf, network: (to: string) => errnoOf(() => network('send', { handle, data, to: at(to) })) }
  }
})

describe('a path that is held', () => {
  const rules = { allow: ['unix:/ok/app'] }

  /** Paths that are held under other names, and which of them are not released yet. */
  function paths(more: Partial<HeldPath> = {}) {
    const open: string[] = []
    const all: LocalPaths = {
      settle: (path) => ({ path }),
      hold(path) {
        open.push(path)
        return { ...unheld(`held${path}`, path), ...more, release: () => void open.splice(open.indexOf(path), 1) }
      },
    }
    return { open, all }
  }
  const to = at('unix:/ok/app')

  test('is what is dialled, and let go with the answer', () => {
    const { open, all } = paths()
    const answers = [AGAIN, true] as const
    let asked = 0
    const connect = () => answers[asked++] as true
    const { network, inputsOf } = under(rules, { connect, peerName: () => at('unix:held/ok/app') }, { paths: all })
    const handle = network('open', { family: 'unix', type: 'stream' })
    expect([network('connect', { handle, to }), [...open]]).toEqual([AGAIN, ['/ok/app']])
    expect([network('connect', { handle, to }), [...open]]).toEqual([true, []])
    expect(inputsOf('connect')).toMatchObject([{ to: at('unix:held/ok/app') }, { to: at('unix:held/ok/app') }])
    expect(network('peerName', { handle })).toEqual(to)
  })

  test.each([
    ['is refused', { path: '/no/app' }, no],
    ['leads nowhere', { path: undefined }, no],
    ['is not there', { errno: 'ENOENT' as const }, 'ENOENT'],
    ['is not there, and not allowed', { path: '/no/app', errno: 'ENOENT' as const }, no],
  ])('is let go if it %s', (_, more, errno) => {
    const { open, all } = paths(more)
    const { network, inputsOf } = under(rules, {}, { paths: all })
    const handle = network('open', { family: 'unix', type: 'stream' })
    expect(errnoOf(() => network('connect', { handle, to }))).toBe(errno)
    expect(errnoOf(() => network('bind', { handle, to }))).toBe(errno)
    expect({ open, asked: [...inputsOf('connect'), ...inputsOf('bind')] }).toEqual({ open: [], asked: [] })
  })

  test('is let go if the network refuses it, or the socket is closed first', () => {
    const { open, all } = paths()
    const answers: (() => typeof AGAIN)[] = [
      () => {
        throw new SysError('ECONNREFUSED')
      },
      () => AGAIN,
    ]
    const { network } = under(rules, { connect: () => answers.shift()?.() ?? true }, { paths: all })
    const handle = network('open', { family: 'unix', type: 'stream' })
    expect(errnoOf(() => network('connect', { handle, to }))).toBe('ECONNREFUSED')
    expect(open).toEqual([])
    expect(network('connect', { handle, to })).toBe(AGAIN)
    expect(open).toEqual(['/ok/app'])
    network('close', { handle, abort: false })
    expect(open).toEqual([])
  })

  test('is called as the guest wrote it, at both ends', () => {
    const held = at('unix:held/ok/app')
    const answers = { accept: () => ({ handle: 9, peer: held }), localName: () => held, peerName: () => held }
    const { network } = under(rules, answers, { paths: paths().all })
    const handle = network('open', { family: 'unix', type: 'stream' })
    network('bind', { handle, to })
    expect(network('localName', { handle })).toEqual(to)
    expect(network('accept', { handle })).toEqual({ handle: 9, peer: to })
    expect([network('localName', { handle: 9 }), network('peerName', { handle: 9 })]).toEqual([to, to])
    network('close', { handle, abort: false })
    expect(network('localName', { handle })).toEqual(held)
  })

  test('is not asked about without rules for paths', () => {
    const { all, open } = paths()
    const hold = () => {
      throw new Error('it should not be asked')
    }
    for (const allow of [['*'], ['unix:*'], ['connect:10.0.0.1']]) {
      const { network } = under({ allow }, {}, { paths: { ...all, hold } })
      const handle = network('open', { family: 'unix', type: 'stream' })
      expect(errnoOf(() => network('connect', { handle, to }))).toBe(allow[0] === 'connect:10.0.0.1' ? no : 'yes')
    }
    expect(open).toEqual([])
  })
})
