import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { lackOfSuspension } from '../../src/abi/suspension.js'
import { type InstantiateOptions, instantiateWithSockets, type SocketInstance } from '../../src/index.js'
import { receivingGuest } from './receiving-guest.js'

/** Why guests cannot be suspended here; undefined where they can. */
export const lack = lackOfSuspension()
export const mode = 'suspend'
export const quiet = { mode, stdout: 'ignore', stderr: 'ignore' } as const

export type Functions = Record<'receive' | 'grow', SocketInstance['exports'][string]>

/** Says why nothing is tested, where that is so, and makes a folder for as long as the tests of a file run. Answers files in it, by name. */
export function setTheScene(): (name: string) => string {
  let folder = ''
  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-suspend-'))
    if (lack !== undefined) console.log(`guests that are suspended are not tested: ${lack}`)
  })
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
  return (name) => path.join(folder, name)
}

/** A module as a file. */
export function written(file: string, module: Uint8Array): string {
  fs.writeFileSync(file, module)
  return file
}

export async function connection(): Promise<[net.Socket, net.Socket]> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = net.connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [other] = (await once(server, 'connection')) as [net.Socket]
  server.close()
  for (const each of [one, other]) each.on('error', () => {})
  return [one, other]
}

/** A guest to be called that has so many connections from descriptor 3 on, and their other ends. */
export async function receiving(count: number, options: InstantiateOptions = {}) {
  const pairs = await Promise.all(Array.from({ length: count }, connection))
  const guest = await instantiateWithSockets(receivingGuest(), {
    ...quiet,
    numbering: 'linux',
    connections: pairs.map(([mine]) => mine),
    ...options,
  })
  const memory = guest.instance.exports['memory'] as WebAssembly.Memory
  const received = (at: number, length: number) => Buffer.from(memory.buffer, at, length).toString()
  const { receive, grow } = guest.exports as Functions
  return { ...guest, received, receive, grow, peers: pairs.map(([, theirs]) => theirs) as [net.Socket, net.Socket] }
}

/** Resolves when what could happen by now has happened. */
export const turns = async (count = 10) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate)
}
