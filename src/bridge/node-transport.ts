import type { Transport } from '../network/transport.js'
import { lookUp, lookUpBack } from './lookup.js'
import { NodeDatagrams } from './node-datagrams.js'
import { NodeStreams } from './node-streams.js'

/** How many connections wait for the guest at the least, whatever backlog it asked for. */
const LEAST_BACKLOG = 128

/** This machine's network, by Node's sockets. For one pump. */
export function nodeTransport(): Transport {
  const streams = new NodeStreams()
  return {
    waitingFor: (backlog) => Math.max(LEAST_BACKLOG, backlog),
    bind: (terms, done) => streams.bind(terms, done),
    dial: (to, call) => streams.dial(to, call),
    set: (stream, option, options) => streams.set(stream, option, options),
    datagrams: (family, told) => new NodeDatagrams(family, told),
    lookUp,
    lookUpBack,
  }
}
