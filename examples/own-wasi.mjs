// Instantiates a guest with another WASI, here Node's. `wrap` puts its descriptors and the guest's sockets into one table.
// The guest blocks this thread while it waits, so the server it talks to has another one.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { WASI } from 'node:wasi'
import { Worker } from 'node:worker_threads'
import { SocketShim } from 'posix-wasm'

const server = new Worker(
  `const { parentPort } = require('node:worker_threads')
   const server = require('node:http').createServer((_, response) => response.end('hello from the other thread\\n'))
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))`,
  { eval: true },
)
const [port] = await once(server, 'message')

const wasi = new WASI({
  version: 'preview1',
  args: ['http_client', '127.0.0.1', String(port), '/'],
  returnOnExit: true,
})
const sockets = new SocketShim()
const module = await WebAssembly.compile(await readFile(new URL('../build/guests/http_client.wasm', import.meta.url)))
const instance = await WebAssembly.instantiate(module, sockets.wrap(wasi.getImportObject()))
sockets.setMemory(instance.exports.memory)

const code = wasi.start(instance)
await sockets.end()
await server.terminate()
console.log(`the guest ended with ${code}`)
process.exitCode = code
