// Prints each socket call of a guest as strace would.
import http from 'node:http'
import { formatCall, runWithSockets } from 'posix-wasm'

const server = http.createServer((_, response) => response.end('traced\n'))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

const calls = []
await runWithSockets(new URL('../build/guests/http_client.wasm', import.meta.url), {
  args: ['127.0.0.1', String(server.address().port), '/'],
  stdout: 'ignore',
  trace: (event) => calls.push(event),
})

server.close()
for (const event of calls) console.log(formatCall(event))
