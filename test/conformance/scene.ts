import { AGAIN, DONE, type Events, type Handle, type Network, type Operation } from '../../src/network/network.js'
import type { Address, InetAddress } from '../../src/posix/address.js'
import { POLLIN, POLLOUT } from '../../src/posix/constants.js'
import { SysError } from '../../src/posix/errno.js'

export const LIMIT_MS = 10_000
export const bytes = (text: string) => new TextEncoder().encode(text)
export const text = (data: Uint8Array) => new TextDecoder().decode(data)
export const loopback = (port = 0): Address => ({ family: 'inet', host: '127.0.0.1', port })
export const loopback6 = (port = 0): Address => ({ family: 'inet6', host: '::1', port, scope: 0 })
export const portOf = (address: Address) => (address as InetAddress).port

/** The network that a suite is about, and what its tests do with it over and over. `plain` is the same without what is put around it. */
export type Scene = ReturnType<typeof sceneOf>

export function sceneOf({ network, plain }: { network: Network; plain: Network }) {
  const wait = async (handle: Handle, events: Events) => {
    const [found] = await network('wait', { on: [{ handle, events }], timeoutMs: LIMIT_MS })
    if (found === undefined) throw new Error(`waited in vain for ${events}`)
    return found.events
  }
  /** Asks again until the answer is there. */
  const ask = async <K extends Operation>(name: K, input: Parameters<typeof network<K>>[1], events: Events) => {
    const { handle } = input as { handle: Handle }
    for (;;) {
      const answer = network(name, input)
      if (answer !== AGAIN) return answer as Exclude<typeof answer, typeof AGAIN>
      await wait(handle, events)
    }
  }
  const errnoOf = async (call: () => unknown) => {
    try {
      await call()
      return 'none'
    } catch (error) {
      if (error instanceof SysError) return error.errno
      throw error
    }
  }
  const open = (type: 'stream' | 'dgram' = 'stream', family: 'inet' | 'inet6' = 'inet') =>
    network('open', { family, type })
  const close = (...handles: Handle[]) => {
    for (const handle of handles) network('close', { handle, abort: false })
  }
  const listener = async (to = loopback(), backlog = 8) => {
    const handle = open('stream', to.family as 'inet')
    await ask('bind', { handle, to }, DONE)
    await ask('listen', { handle, backlog }, DONE)
    return { handle, name: network('localName', { handle }) }
  }
  const connected = async (to = loopback()) => {
    const server = await listener(to)
    const client = open('stream', to.family as 'inet')
    await ask('connect', { handle: client, to: server.name }, POLLOUT)
    const { handle, peer } = (await ask('accept', { handle: server.handle }, POLLIN)) as {
      handle: Handle
      peer: Address
    }
    close(server.handle)
    return { client, server: handle, peer }
  }
  const sendAll = async (handle: Handle, data: Uint8Array) => {
    for (let at = 0; at < data.length; ) at += await ask('send', { handle, data: data.subarray(at) }, POLLOUT)
  }
  const receiveAll = async (handle: Handle, length: number) => {
    const into = new Uint8Array(length)
    let at = 0
    while (at < length) {
      const count = await ask('receive', { handle, into: into.subarray(at), peek: false }, POLLIN)
      if (count === 0) break
      at += count
    }
    return into.subarray(0, at)
  }
  const datagram = async (to = loopback()) => {
    const handle = open('dgram', to.family as 'inet')
    await ask('bind', { handle, to }, DONE)
    return { handle, name: network('localName', { handle }) }
  }
  const receiveFrom = async (handle: Handle, room = 100, peek = false) => {
    const into = new Uint8Array(room)
    const { length, from } = (await ask('receiveFrom', { handle, into, peek }, POLLIN)) as {
      length: number
      from: Address
    }
    return { data: text(into.subarray(0, Math.min(length, room))), length, from }
  }
  return {
    network,
    plain,
    wait,
    ask,
    errnoOf,
    open,
    close,
    listener,
    connected,
    sendAll,
    receiveAll,
    datagram,
    receiveFrom,
  }
}
