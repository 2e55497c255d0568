// What Node's own HTTP server makes of the task of guests/http_server.c.
import http from 'node:http'

setTimeout(() => process.exit(1), 120_000).unref()

const headers = { 'content-type': 'text/plain', 'content-length': 13 }
const server = http.createServer((_, response) => response.writeHead(200, headers).end('Hello, world!'))
server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () =>
  process.stdout.write(`port ${server.address().port}\n`),
)
