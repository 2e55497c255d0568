import { AGAIN, type TlsRequest, type TlsState } from '../../src/network/network.js'
import { type Answers, at, data, errnoOf, rulesOf, under } from './ruled-scene.js'

export const client: TlsRequest = { role: 'client', hostname: '', protocols: [], verifies: true }
export const server: TlsRequest = { ...client, role: 'server' }
export const secured = (doubt?: string): TlsState => ({
  is: 'secured',
  ...{ version: 'TLSv1.3', cipher: '', protocol: '', serverName: '', peer: undefined, doubt },
})

interface Peer {
  /** What TLS comes to, call by call. */
  readonly begins?: readonly (true | typeof AGAIN)[]
  readonly becomes?: TlsState
  /** What lies there unread, in plain text. */
  readonly unread?: readonly number[]
  readonly answers?: Answers
}

/** A guest under rules, whose peers speak TLS. The name server knows a.test as 192.0.2.9 and nothing else. */
export function beside(rules: string, { begins = [true], becomes = secured(), unread = [], answers = {} }: Peer = {}) {
  const states = new Map<number, TlsState>()
  const left = [...begins]
  const guest = under(rulesOf(rules), {
    answer: () => ({ is: 'found', hosts: [{ host: '192.0.2.9', family: 'inet' }] }),
    startTls({ handle }) {
      const answer = left.shift() ?? true
      states.set(handle, answer === AGAIN ? { is: 'handshaking' } : becomes)
      return answer
    },
    tlsState: ({ handle }) => states.get(handle) ?? { is: 'none' },
    receive({ into }) {
      into.set(unread.slice(0, into.length))
      return unread.length === 0 ? AGAIN : Math.min(unread.length, into.length)
    },
    takeError: () => undefined,
    ...answers,
  })
  const { network } = guest
  const open = () => network('open', { family: 'inet', type: 'stream' })
  const connectTo = (to: string, handle = open()) => {
    network('connect', { handle, to: at(to) })
    return handle
  }
  const send = (handle: number) => errnoOf(() => network('send', { handle, data }))
  const receive = (handle: number) =>
    errnoOf(() => network('receive', { handle, into: new Uint8Array(9), peek: false }))
  const start = (handle: number, request: Partial<TlsRequest> = {}) =>
    errnoOf(() => network('startTls', { handle, ...client, ...request }))
  const lookUp = (host: string) => {
    network('answer', { handle: network('resolve', { host, family: undefined }) })
  }
  return { ...guest, states, open, connectTo, send, receive, start, lookUp }
}
