// Runs a guest with Node's own WASI and a SocketShim that wraps it: node wrapped-guest.mjs module.wasm directory.
import { readFile } from 'node:fs/promises'
import { WASI } from 'node:wasi'
import { SocketShim } from '../../dist/index.js'

const [file, directory] = process.argv.slice(2)
const wasi = new WASI({
  version: 'preview1',
  args: ['guest', directory],
  preopens: { [directory]: directory },
  returnOnExit: true,
})
const sockets = new SocketShim()
const module = await WebAssembly.compile(await readFile(file))
const instance = await WebAssembly.instantiate(module, sockets.wrap(wasi.getImportObject()))
sockets.setMemory(instance.exports.memory)
process.exitCode = wasi.start(instance)
await sockets.end()
