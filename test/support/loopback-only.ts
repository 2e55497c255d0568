import type { Handle, Input, Interest, Network, Operation } from '../../src/network/network.js'
import { DONE, DRAINED } from '../../src/network/network.js'
import type { Address } from '../../src/posix/address.js'
import { SysError } from '../../src/posix/errno.js'

/** How long a wait for the host's answer to a bind, listen or look-up may take, in ms: it always comes. */
const ANSWER_MS = 5000

function isLoopback(address: Address): boolean {
  if (address.family === 'unix') return address.path.startsWith('\0')
  return address.host.startsWith('127.') || address.host === '::1'
}

/**
 * A network that reaches nothing but the loopback (`EACCES`), and that blocks for a moment only (`EINTR`). `open` tells the handles
 * that are open.
 */
export function loopbackOnly(network: Network, random: () => number) {
  const open = new Set<Handle>()
  const bound = new Set<Handle>()
  const refuse = () => {
    throw new SysError('EACCES')
  }

  function allow(name: Operation, input: Input<Operation>): void {
    const { to, host, handle, option } = input as { to?: Address; host?: string; handle: Handle; option?: string }
    if (to !== undefined && !isLoopback(to)) refuse()
    if (host !== undefined && host !== 'localhost') refuse()
    if (name === 'listen' && !bound.has(handle)) refuse() // it would listen on every address
    if (name === 'setOption' && (option === 'join' || option === 'leave' || option === 'multicastInterface')) refuse()
    if (handle !== undefined && !open.has(handle)) throw new Error(`${name} on handle ${handle}, which is not open`)
  }

  function waitBriefly({ on, timeoutMs }: Input<'wait'>) {
    const isAnswer = on.some(({ events }) => (events & DONE) !== 0 && events < DRAINED)
    const cutMs = isAnswer ? ANSWER_MS : random() % 2
    const found = network('wait', { on, timeoutMs: Math.min(timeoutMs, cutMs) }) as readonly Interest[]
    const isDrain = on.length === 1 && on[0]?.events === DRAINED
    if (found.length === 0 && timeoutMs > cutMs && !isDrain) throw new SysError('EINTR')
    return found
  }

  const guarded = ((name: Operation, input: Input<Operation>) => {
    allow(name, input)
    if (name === 'wait') return waitBriefly(input as Input<'wait'>)
    const output: unknown = network(name, input as never)
    const { handle } = input as { handle: Handle }
    if (name === 'open' || name === 'resolve' || name === 'resolveBack') open.add(output as Handle)
    else if (name === 'pair' || name === 'pipe') for (const one of output as Handle[]) open.add(one)
    else if (name === 'accept' && typeof output === 'object') open.add((output as { handle: Handle }).handle)
    else if (name === 'bind' && output === true) bound.add(handle)
    else if (name === 'close' || (name === 'answer' && typeof output === 'object')) {
      open.delete(handle)
      bound.delete(handle)
    }
    return output
  }) as Network
  return { network: guarded, open }
}
