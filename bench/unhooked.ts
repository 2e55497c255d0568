// The functions of `posix_sockets` as they would be linked if no call could be traced: what `src/abi/link.ts` makes, without the hook.
import type { Answer, Call } from '../src/abi/call.js'
import type { Guest } from '../src/abi/guest.js'
import { posixSockets } from '../src/abi/posix-sockets.js'
import { AGAIN } from '../src/network/network.js'
import type { MaybePromise } from '../src/network/when-done.js'
import { wouldBlock } from '../src/posix-sockets/blocking.js'

type Linked = (...args: number[]) => MaybePromise<number>

export function linkUnhooked(guest: Guest): { readonly send: Linked; readonly recv: Linked } {
  return { send: linked(guest, 'send'), recv: linked(guest, 'recv') }
}

function linked(guest: Guest, name: 'send' | 'recv'): Linked {
  const { run } = posixSockets[name] as Call
  const failed = (error: unknown) => -guest.fail(error)
  const told = (answer: Answer) => (answer === AGAIN ? failed(wouldBlock) : (answer ?? 0))
  return (...args) => {
    try {
      const answer = run(guest, args)
      return answer instanceof Promise ? answer.then(told, failed) : told(answer)
    } catch (error) {
      return failed(error)
    }
  }
}
