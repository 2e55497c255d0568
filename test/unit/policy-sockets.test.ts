import { describe, expect, test } from 'vitest'
import { AGAIN, type Network } from '../../src/network/network.js'
import { SysError } from '../../src/posix/errno.js'
import { at, attempt, errnoOf, no, under } from '../support/ruled-scene.js'

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
