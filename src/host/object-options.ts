import type { Duplex } from 'node:stream'
import { isClaimed } from '../embedder/claim.js'
import { has, isRecord, list, shape, type Take, unfit } from '../embedder/take.js'
import { OptionError } from './errors.js'
import type { ExtraImports, ModuleSource } from './options.js'

/* The options that are objects of the caller's, which are taken by reference. */

export const takeSignal: Take<AbortSignal> = shape(
  'an AbortSignal',
  (value) =>
    has(value, ['addEventListener', 'removeEventListener']) && typeof (value as AbortSignal).aborted === 'boolean',
)

export const takeConnection: Take<Duplex> = shape('a Duplex stream', (value) =>
  has(value, ['on', 'off', 'once', 'write', 'end', 'pause', 'resume', 'destroy', 'unshift']),
)

/** Takes streams, each of which one guest reads and writes alone. */
export const takeConnections: Take<readonly Duplex[]> = (value, name) => {
  const streams = list('Duplex streams', takeConnection)(value, name)
  const again = streams.findIndex((stream, index) => streams.indexOf(stream) < index)
  if (again >= 0)
    throw new OptionError(
      `${name}[${again}] is the same stream as ${name}[${streams.indexOf(streams[again] as Duplex)}]`,
    )
  const taken = streams.findIndex(isClaimed)
  if (taken >= 0)
    throw new OptionError(`${name}[${taken}] is the connection of a guest already; give each its own stream`)
  return streams
}

const SOURCE = 'the path of a file, a file: URL, bytes (a Uint8Array or an ArrayBuffer), or a WebAssembly.Module'

/** Returns the module if it is one of the kinds that can be loaded. */
export function takeSource(source: unknown): ModuleSource {
  const kinds = [Uint8Array, ArrayBuffer, WebAssembly.Module]
  if (kinds.some((kind) => source instanceof kind)) return source as ModuleSource
  if (typeof source === 'string' && source !== '' && !source.includes('\0')) return source
  if (source instanceof URL && source.protocol === 'file:') return source
  throw unfit('the module', SOURCE, source, source instanceof URL ? 'fetch its bytes first' : undefined)
}

/** Takes functions by module and name, or a function that makes them. */
export const takeImports: Take<ExtraImports> = (value, name) => {
  if (typeof value === 'function') return value as ExtraImports
  if (!isRecord(value)) throw unfit(name, 'functions by module and name, or a function that returns them', value)
  for (const [module, functions] of Object.entries(value))
    if (typeof functions !== 'object' || functions === null)
      throw unfit(`${name}.${module}`, 'an object of functions', functions)
  return value as WebAssembly.Imports
}

export const takeImportsUrl: Take<URL> = shape(
  'the URL of a module that exports them',
  (value) => value instanceof URL,
  'instantiateWithSockets takes functions',
)
