// Runs the HTTP client in C against a server of this very process: the guest has a thread of its own, so the event loop here is free.
import http from 'node:http'
import { runWithSockets } from 'posix-wasm'

const server = http.createServer((request, response) => response.end(`you asked for ${request.url}\n`))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()

const code = await runWithSockets(new URL('../build/guests/http_client.wasm', import.meta.url), {
  args: ['127.0.0.1', String(port), '/hello'],
})

server.close()
console.log(`the guest ended with ${code}`)
process.exitCode = code
