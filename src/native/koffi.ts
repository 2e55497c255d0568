import { createRequire } from 'node:module'
import { ownUrl } from '../embedder/own-url.js'
import { type Kind, parameters, type SystemCall, type SystemCalls } from './system-calls.js'

/** What is used of the package koffi. */
interface Koffi {
  load(library: null): { func(name: string, result: string, parameters: string[]): (...args: unknown[]) => number }
  errno(): number
}

const types: Record<Kind, string> = { int: 'int', size: 'size_t', pointer: 'void *' }

let requiring: NodeJS.Require | undefined

function requirer(): NodeJS.Require {
  requiring ??= createRequire(ownUrl() ?? process.execPath)
  return requiring
}

/** Whether the package is installed where it is looked for. */
export function hasKoffi(): boolean {
  try {
    return requirer().resolve('koffi') !== ''
  } catch {
    return false
  }
}

/** The system's calls through the package koffi. Throws where it is not installed, or has nothing built for this machine. */
export function koffiCalls(): SystemCalls {
  const koffi = requirer()('koffi') as Koffi
  const library = koffi.load(null)
  const result = (name: SystemCall) =>
    parameters[name].includes('size') && name !== 'ioctl' && name !== 'poll' ? 'long' : 'int'
  const entries = Object.entries(parameters) as [SystemCall, readonly Kind[]][]
  const functions = entries.map(([name, kinds]) => {
    const call = library.func(
      name,
      result(name),
      kinds.map((kind) => types[kind]),
    )
    return [name, answering(call, kinds.length, () => koffi.errno())]
  })
  return Object.fromEntries(functions) as unknown as SystemCalls
}

type Call = (...args: unknown[]) => number

/** Nothing happens on this thread between a call and the question for its errno. One function for each number of arguments spares an array. */
function answering(call: Call, count: number, errno: () => number): Call {
  const told = (answer: number) => (answer >= 0 ? answer : -errno())
  if (count === 1) return (a) => told(call(a))
  if (count === 2) return (a, b) => told(call(a, b))
  if (count === 3) return (a, b, c) => told(call(a, b, c))
  if (count === 4) return (a, b, c, d) => told(call(a, b, c, d))
  return (...args) => told(call(...args))
}
