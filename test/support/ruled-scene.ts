import { AGAIN, type Input, type Network, type Operation, type Output } from '../../src/network/network.js'
import { policy } from '../../src/network/rules/policy.js'
import type { PolicyOptions } from '../../src/network/rules/referee.js'
import type { Refusal } from '../../src/network/rules/refusals.js'
import type { NetworkRules } from '../../src/network/rules/rules.js'
import type { Address, InetAddress } from '../../src/posix/address.js'
import { SysError } from '../../src/posix/errno.js'
import { fakeNetwork } from './fake-network.js'

/** `1.2.3.4:80`, `[::1]:80` and `unix:/x` as an address, exactly as it is written. */
export function at(text: string): Address {
  if (text.startsWith('unix:')) return { family: 'unix', path: text.slice(5).replace('@', '\0') }
  const [, six, four = '', port] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(text) ?? []
  const scope = Number(six?.split('%')[1] ?? 0)
  if (six !== undefined) return { family: 'inet6', host: six.replace(/%.*/, ''), port: Number(port), scope }
  return { family: 'inet', host: four, port: Number(port) }
}

export type Answers = { [K in Operation]?: (input: Input<K>) => Output<K> }
export const yes = () => true as const

/** A guest's network under rules, over one where everything works. */
export function under(rules: NetworkRules, answers: Answers = {}, options: PolicyOptions = {}) {
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

export function errnoOf(call: () => unknown): string {
  try {
    call()
    return 'yes'
  } catch (error) {
    if (error instanceof SysError) return error.errno
    throw error
  }
}

const familyOf = (address: Address) => address.family
export const data = new Uint8Array(4)

/** What a guest does in one word, with an address: `yes`, or the errno. */
export function attempt(network: Network, what: string, where: string): string {
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

export const no = 'EACCES'
export const unanswered = 'EAI_FAIL'
export const nameless = 'EAI_NONAME'
export const found: Answers = { answer: () => ({ is: 'found', hosts: [{ host: '192.0.2.9', family: 'inet' }] }) }

export function rulesOf(text: string): NetworkRules {
  const words = text.split(' ').filter((word) => word !== '')
  const allow = words.filter((word) => !word.startsWith('-'))
  const deny = words.filter((word) => word.startsWith('-')).map((word) => word.slice(1))
  return { ...(allow.length > 0 && { allow }), deny }
}
