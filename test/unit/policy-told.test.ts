import { describe, expect, test } from 'vitest'
import { attempt, found, rulesOf, under } from '../support/ruled-scene.js'

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
