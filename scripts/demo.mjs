// Shows the guests at work: the HTTP client, the echo server, and the libcurl-style client, each through the command.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const heading = (text) => console.log(`\n--- ${text}`)

/** Runs `posix-wasm guest.wasm …`; resolves to its exit code. `watch` is told each piece of its output. */
async function posixWasm(guest, args, watch = () => {}) {
  console.log(`$ posix-wasm ${guest} ${args.join(' ')}`)
  const child = spawn(process.execPath, [at('dist/cli.js'), at(`build/guests/${guest}`), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.stdout.on('data', (piece) => {
    process.stdout.write(piece)
    watch(piece.toString())
  })
  const [code] = await once(child, 'exit')
  return code
}

const server = http.createServer((request, response) => {
  if (request.url === '/moved') return response.writeHead(302, { location: '/' }).end()
  response.end(`Hello from ${request.method} ${request.url}\n`)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const { port } = server.address()
const codes = []

heading('an HTTP client in C fetches from a server here')
codes.push(await posixWasm('http_client.wasm', ['127.0.0.1', String(port), '/']))

heading('an echo server in C answers a client here')
const echoed = deferred()
codes.push(
  await posixWasm('echo_server.wasm', ['--host', '127.0.0.1', '0'], (output) => {
    const listening = /listening on .*:(\d+)/.exec(output)
    if (listening === null) return
    const client = net.connect(Number(listening[1]), '127.0.0.1', () => client.end('Hello, echo!\n'))
    client.setEncoding('utf8').on('data', echoed.resolve)
  }),
)
const answer = await echoed.promise
console.log(`the client got back: ${answer}`)
codes.push(answer === 'Hello, echo!\n' ? 0 : 1)

heading('a client on the libcurl-style library follows a redirect')
codes.push(await posixWasm('curl_demo.wasm', ['-L', '-i', `http://127.0.0.1:${port}/moved`]))

server.close()
server.closeAllConnections()
if (codes.some((code) => code !== 0)) {
  console.error(`\nthe demo failed: exit codes ${codes.join(', ')}`)
  process.exit(1)
}
console.log('\nAll three worked.')

function deferred() {
  let resolve
  const promise = new Promise((given) => {
    resolve = given
  })
  return { promise, resolve }
}
