import { isBuiltin } from 'node:module'
import { type Kind, parameters, type SystemCall, type SystemCalls } from './system-calls.js'

type Call = (...args: unknown[]) => unknown

/** What is used of Node's own module for foreign functions, which Node 26 has as an experiment. */
interface NodeFfi {
  dlopen(
    library: null,
    functions: Record<string, { arguments: readonly string[]; return: string }>,
  ): { functions: Record<string, Call> }
  getInt32(at: unknown): number
}

const types: Record<Kind, string> = { int: 'int32', size: 'uint64', pointer: 'pointer' }

type GetBuiltin = (name: string) => unknown

/** Whether this Node has it: asking for more would print its warning. */
export function hasNodeFfi(): boolean {
  return isBuiltin('node:ffi')
}

/** The system's calls through `node:ffi`. Throws where Node has none, or does not allow it. */
export function nodeFfiCalls(): SystemCalls {
  const { getBuiltinModule } = process as unknown as { getBuiltinModule: GetBuiltin }
  const { dlopen, getInt32 } = getBuiltinModule('node:ffi') as NodeFfi
  const entries = Object.entries(parameters) as [SystemCall, readonly Kind[]][]
  const signatures = entries.map(([name, kinds]) => [
    name,
    { arguments: kinds.map((kind) => types[kind]), return: 'int32' },
  ])
  const { functions } = dlopen(null, {
    ...Object.fromEntries(signatures),
    __errno_location: { arguments: [], return: 'pointer' },
  })
  const errnoAt = (functions['__errno_location'] as Call)() // of this thread, as long as it lives
  const calls = entries.map(([name, kinds]) => [
    name,
    answering(functions[name] as Call, kinds.indexOf('size'), () => getInt32(errnoAt)),
  ])
  return Object.fromEntries(calls) as unknown as SystemCalls
}

/** A `size_t` is a bigint here. Nothing happens on this thread between a call and the question for its errno. */
function answering(call: Call, sizeAt: number, errno: () => number): (...args: unknown[]) => number {
  return (...args) => {
    if (sizeAt >= 0) args[sizeAt] = BigInt(args[sizeAt] as number)
    const answer = call(...args) as number
    return answer >= 0 ? answer : -errno()
  }
}
