// A client is recorded against a server, and then tested without it: the recording is the fixture. What the client prints must be
// the same, call by call, long after the server is gone.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import os from 'node:os'
import path from 'node:path'
import { runWithSockets } from 'posix-wasm'

const client = new URL('../build/guests/http_client.wasm', import.meta.url)
const folder = await mkdtemp(path.join(os.tmpdir(), 'posix-wasm-'))
const recording = path.join(folder, 'client.rec')

const server = http.createServer((_, response) => response.end(`served at ${new Date().toISOString()}\n`))
await once(server.listen(0, '127.0.0.1'), 'listening')
const args = ['127.0.0.1', String(server.address().port), '/']

async function printed(options) {
  let output = ''
  const stdout = (bytes) => {
    output += Buffer.from(bytes)
  }
  await runWithSockets(client, { args, stdout, ...options })
  return output
}

const then = await printed({ record: recording })
server.close()
const now = await printed({ replay: recording })
console.log(then)
console.log(now === then ? 'the replay says the same, without a server' : 'the replay differs')
await rm(folder, { recursive: true })
