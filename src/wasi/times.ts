import { SysError } from '../posix/errno.js'
import type { World } from '../posix/world.js'
import type { Filestat } from './filestat.js'

const [ACCESSED, ACCESSED_NOW, MODIFIED, MODIFIED_NOW] = [1, 2, 4, 8]

/** Both times of a file in ns, as a call asks for them: given, now, or as they were. */
export function timesAsked(
  { accessed, modified, flags }: { accessed: bigint; modified: bigint; flags: number },
  world: World,
  before: Filestat,
): { accessed: bigint; modified: bigint } {
  const now = BigInt(Math.trunc(world.time())) * 1_000_000n
  const one = (given: number, isNow: number, asked: bigint, was: bigint) => {
    if ((flags & given) !== 0 && (flags & isNow) !== 0) throw new SysError('EINVAL')
    if ((flags & isNow) !== 0) return now
    return (flags & given) !== 0 ? BigInt.asUintN(64, asked) : was
  }
  return {
    accessed: one(ACCESSED, ACCESSED_NOW, accessed, before.accessed),
    modified: one(MODIFIED, MODIFIED_NOW, modified, before.modified),
  }
}
