import { describe, expect, test } from 'vitest'
import { AGAIN, type Network } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { type Answers, at, data, errnoOf, no, under, yes } from '../support/ruled-scene.js'

import { beside, client, secured, server } from '../support/secured-scene.js'

describe('a connection that must be secured', () => {
  test('sends and receives nothing before, and all after', () => {
    const guest = beside('tls:1.2.3.4:443', { unread: [104, 105] })
    const handle = guest.connectTo('1.2.3.4:443')
    expect([guest.send(handle), guest.receive(handle)]).toEqual([no, no])
    expect(guest.inputsOf('send').length + guest.inputsOf('receive').length).toBe(0)
    expect(guest.start(handle)).toBe('yes')
    expect([guest.send(handle), guest.receive(handle)]).toEqual(['yes', 'yes'])
  })

  test('waits while TLS begins, also for a guest that does not ask again how it went', () => {
    const guest = beside('tls:1.2.3.4:443', { begins: [AGAIN] })
    const handle = guest.connectTo('1.2.3.4:443')
    guest.network('startTls', { handle, ...client })
    expect(guest.network('send', { handle, data })).toBe(AGAIN)
    expect(guest.network('receive', { handle, into: data, peek: false })).toBe(AGAIN)
    guest.states.set(handle, secured())
    expect(guest.network('send', { handle, data })).toBe(data.length)
    expect(guest.inputsOf('send').length).toBe(1)
  })

  test('that could not be secured tells why as ever', () => {
    const guest = beside('tls:1.2.3.4:443', {
      begins: [AGAIN],
      answers: {
        receive() {
          throw new SysError('ECONNABORTED')
        },
      },
    })
    const handle = guest.connectTo('1.2.3.4:443')
    guest.network('startTls', { handle, ...client })
    guest.states.set(handle, { is: 'failed', reason: 'certificate has expired' })
    expect(guest.receive(handle)).toBe('ECONNABORTED')
  })

  test.each([true, AGAIN] as const)('is none where the host lets anybody pass unverified (%s)', (begins) => {
    const guest = beside('tls:1.2.3.4:443', { begins: [begins], becomes: secured('CERT_HAS_EXPIRED') })
    const handle = guest.connectTo('1.2.3.4:443')
    expect(guest.start(handle)).toBe(begins === true ? no : 'yes')
    guest.states.set(handle, secured('CERT_HAS_EXPIRED'))
    expect([guest.send(handle), guest.receive(handle), guest.start(handle)]).toEqual([no, no, no])
    expect(guest.texts()).toEqual([
      'refused TLS that is not verified (CERT_HAS_EXPIRED) with 1.2.3.4:443: --allow-net tls:1.2.3.4:443 demands verification, --allow-net connect:1.2.3.4:443 would allow plain text',
    ])
  })

  test('of which the network refuses to begin TLS stays mute', () => {
    const startTls = () => {
      throw new SysError('EOPNOTSUPP')
    }
    const guest = beside('tls:1.2.3.4:443', { answers: { startTls } })
    const handle = guest.connectTo('1.2.3.4:443')
    expect([guest.start(handle), guest.send(handle)]).toEqual(['EOPNOTSUPP', no])
  })

  test('shows no more of what lies there than whether it is a handshake', () => {
    const look = (unread: number[], length = 2) => {
      const guest = beside('tls:1.2.3.4:443', { unread })
      const into = new Uint8Array(length)
      const handle = guest.connectTo('1.2.3.4:443')
      const answer = errnoOf(() => guest.network('receive', { handle, into, peek: true }))
      return [answer, ...into]
    }
    expect(look([])).toEqual(['yes', 0, 0])
    expect(look([22, 3, 1])).toEqual(['yes', 22, 3])
    expect(look([22])).toEqual(['yes', 22, 0])
    expect(look([104, 105])).toEqual([no, 0, 0])
    expect(look([22, 105])).toEqual([no, 0, 0])
    expect(look([22, 3, 1], 3)).toEqual([no, 0, 0, 0])
    expect(look([], 3)).toEqual([no, 0, 0, 0])
  })

  test('is the next socket of its number no more', () => {
    const guest = beside('tls:1.2.3.4:443 connect:1.2.3.4:80', { answers: { open: () => 5, pair: () => [5, 6] } })
    guest.connectTo('1.2.3.4:443')
    guest.network('close', { handle: 5, abort: false })
    expect(guest.send(guest.connectTo('1.2.3.4:80'))).toBe('yes')
    guest.network('close', { handle: 5, abort: false })
    guest.connectTo('1.2.3.4:443')
    guest.network('close', { handle: 5, abort: false })
    guest.network('pair', { type: 'stream' })
    expect(guest.send(5)).toBe('yes')
  })

  test('is not one that was secured before, and otherwise', () => {
    const guest = beside('tls:1.2.3.4:443')
    expect(guest.start(77, { verifies: false })).toBe('yes') // of a stream of the host's
    guest.connectTo('1.2.3.4:443', 77)
    expect(guest.send(77)).toBe(no)
  })
})

describe('a socket that connects again', () => {
  const rules = 'tls:1.2.3.4:443 connect:1.2.3.4:80'

  test.each<[string, Answers['connect']]>([
    ['made', yes],
    ['still being made', () => AGAIN],
  ])('to where plain text is allowed leads where it led, while its connection is %s', (_, connect) => {
    const guest = beside(rules, { answers: { connect: connect as () => true } })
    const handle = guest.connectTo('1.2.3.4:443')
    guest.connectTo('1.2.3.4:80', handle)
    expect(guest.send(handle)).toBe(no)
  })

  test('is told that it is connected, and stays mute', () => {
    const answers: (true | 'EISCONN')[] = [true, 'EISCONN', true]
    const connect = () => {
      const answer = answers.shift()
      if (answer === 'EISCONN') throw new SysError('EISCONN')
      return true as const
    }
    const guest = beside(rules, { answers: { connect } })
    const handle = guest.connectTo('1.2.3.4:443')
    expect(errnoOf(() => guest.connectTo('1.2.3.4:80', handle))).toBe('EISCONN')
    guest.connectTo('1.2.3.4:80', handle)
    expect(guest.send(handle)).toBe(no)
  })

  test('after it could not is what it is then', () => {
    const answers: (true | 'ECONNREFUSED')[] = ['ECONNREFUSED', true]
    const connect = () => {
      if (answers.shift() === 'ECONNREFUSED') throw new SysError('ECONNREFUSED')
      return true as const
    }
    const guest = beside(rules, { answers: { connect } })
    const handle = guest.open()
    expect(errnoOf(() => guest.connectTo('1.2.3.4:443', handle))).toBe('ECONNREFUSED')
    guest.connectTo('1.2.3.4:80', handle)
    expect(guest.send(handle)).toBe('yes')
  })

  test('or after SO_ERROR has told that it could not', () => {
    const guest = beside(rules, { answers: { takeError: () => 'ECONNREFUSED' } })
    const handle = guest.connectTo('1.2.3.4:443')
    guest.network('takeError', { handle })
    guest.connectTo('1.2.3.4:80', handle)
    expect(guest.send(handle)).toBe('yes')
  })
})

describe('a listener whose connections must be secured', () => {
  const peer = { family: 'inet', host: '6.6.6.6', port: 1000 } as const
  const listening = (rules: string, bindTo: string | undefined) => {
    const guest = beside(rules, { answers: { accept: () => ({ handle: 50, peer }) } })
    const handle = guest.open()
    if (bindTo !== undefined) guest.network('bind', { handle, to: at(bindTo) })
    guest.network('listen', { handle, backlog: 1 })
    const accepted = guest.network('accept', { handle })
    if (accepted === AGAIN) throw new Error('it should be there')
    return { ...guest, handle: accepted.handle }
  }

  test.each([
    ['tls:listen:127.0.0.1:8443', '127.0.0.1:8443'],
    ['tls:listen:*:0', undefined],
  ])('%s', (rules, bindTo) => {
    const guest = listening(rules, bindTo)
    expect([guest.send(guest.handle), guest.receive(guest.handle)]).toEqual([no, no])
    expect(guest.start(guest.handle, client)).toBe(no)
    expect(guest.start(guest.handle, { ...server, verifies: false })).toBe('yes')
    expect(guest.send(guest.handle)).toBe('yes')
  })

  test('is one that a rule allows as it is', () => {
    const guest = listening('tls:listen:127.0.0.1:8443 listen:127.0.0.1', '127.0.0.1:8443')
    expect(guest.send(guest.handle)).toBe('yes')
  })

  test('has connections that another connect does not make speak', () => {
    const guest = listening('tls:listen:*:0 connect:1.2.3.4:80', undefined)
    guest.connectTo('1.2.3.4:80', guest.handle)
    expect(guest.send(guest.handle)).toBe(no)
  })

  test('says so, and how to do without', () => {
    const guest = listening('tls:listen:127.0.0.1:8443', '127.0.0.1:8443')
    guest.send(guest.handle)
    expect(guest.texts()).toEqual([
      'refused plain text to 6.6.6.6:1000: --allow-net tls:listen:127.0.0.1:8443 demands TLS, --allow-net listen:127.0.0.1:8443 would allow plain text',
    ])
  })
})

test('without such rules nothing is asked that was not asked before', () => {
  const guest = under({ allow: ['connect:*'] }, { receive: () => 1 })
  const network: Network = guest.network
  const handle = network('open', { family: 'inet', type: 'stream' })
  network('connect', { handle, to: at('1.2.3.4:80') })
  network('send', { handle, data })
  network('receive', { handle, into: data, peek: false })
  expect(guest.asked.map(([name]) => name)).toEqual(['open', 'connect', 'send', 'receive'])
})
