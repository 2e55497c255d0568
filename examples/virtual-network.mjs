// Tests a client in C against a database that exists in memory only, over links that are good, bad, and cut. Its clock is virtual, so
// that two minutes of patience take a moment.
import http from 'node:http'
import { runWithSockets, virtualNetwork } from 'posix-wasm'

const client = new URL('../build/guests/http_client.wasm', import.meta.url)

const net = virtualNetwork({ seed: 7 })
const app = net.host('app', ['10.0.0.1'])
const db = net.host('db.internal', ['10.0.0.2'])

const rows = { '/users/7': 'Ada' }
const database = http.createServer((request, response) => response.end(`${rows[request.url]}\n`))
db.createServer((socket) => database.emit('connection', socket)).listen(5432)

async function ask(what) {
  const began = net.nowMs
  let said = ''
  const stdout = (bytes) => {
    said += Buffer.from(bytes)
  }
  const options = { network: app, args: ['db.internal', '5432', '/users/7'], stdout, stderr: stdout }
  const code = await runWithSockets(client, options)
  const seconds = Math.round((net.nowMs - began) / 1000)
  console.log(`${what}: ${code === 0 ? said.trim().split('\n').at(-1) : said.trim()} after about ${seconds} s`)
}

await ask('a good link')
net.link(app, db, { latencyMs: 2000, jitterMs: 500, loss: 0.2 })
await ask('a bad link')
net.partition(app, db)
await ask('no link')
