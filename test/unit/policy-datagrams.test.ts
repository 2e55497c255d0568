import { describe, expect, test } from 'vitest'
import { AGAIN } from '../../src/network/network.js'
import type { NetworkRules } from '../../src/network/rules/rules.js'
import type { InetAddress } from '../../src/posix/address.js'
import { type Answers, at, data, errnoOf, no, under } from '../support/ruled-scene.js'

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
