// The functions of `posix_sockets` as they would be linked if no call could be traced: what `src/abi/link.ts` makes, without the hook.
import { type Call, decodeAll, numberOf } from '../src/abi/call.js'
import type { Guest } from '../src/abi/guest.js'
import { posixSockets } from '../src/abi/posix-sockets.js'
import type { MaybePromise } from '../src/network/when-done.js'

type Linked = (...args: number[]) => MaybePromise<number>

export function linkUnhooked(guest: Guest): { readonly send: Linked; readonly recv: Linked } {
  return { send: linked(guest, 'send'), recv: linked(guest, 'recv') }
}

function linked(guest: Guest, name: 'send' | 'recv'): Linked {
  const { params, run } = posixSockets[name] as Call
  const failed = (error: unknown) => -guest.fail(error)
  return (...args) => {
    try {
      const answer = run(guest, decodeAll(guest, params, args))
      return answer instanceof Promise ? answer.then(numberOf, failed) : numberOf(answer)
    } catch (error) {
      return failed(error)
    }
  }
}
