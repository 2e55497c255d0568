import fs from 'node:fs'
import { SocketShim } from '../../src/socket-shim.js'
import { GuestExit } from '../../src/wasi/exit.js'
import { overlay } from '../../src/wasi/overlay.js'
import type { WasiProvider } from '../../src/wasi/provider.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from './fake-network.js'

/** Runs a program on this thread with files of a provider and without a network. Returns what it printed. */
export async function runOverFiles(file: string, provider: WasiProvider, args: readonly string[]): Promise<string> {
  const shim = new SocketShim({ network: fakeNetwork({}).network, world: fakeWorld() })
  let output = ''
  const stdout = toFunction((bytes) => {
    output += Buffer.from(bytes)
  })
  const stdio = [fromBytes(new Uint8Array(0)), stdout, stdout] as const
  const { modules } = overlay(shim.guest, { provider, stdio, args: ['guest', ...args], env: {} })
  const imports = { ...modules, ...shim.imports }
  const { instance } = await WebAssembly.instantiate(fs.readFileSync(file), imports)
  shim.setMemory(instance.exports['memory'] as WebAssembly.Memory)
  try {
    ;(instance.exports['_start'] as () => void)()
  } catch (error) {
    if (!(error instanceof GuestExit)) throw error
  } finally {
    await shim.end()
  }
  return output
}
