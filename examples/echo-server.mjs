// Starts the echo server in C, which would run for ever, talks to it over TCP, and stops it with an AbortSignal.
// Should it never be stopped, timeoutMs does it.
import { once } from 'node:events'
import net from 'node:net'
import { GuestTimeout, startWithSockets } from 'posix-wasm'

const stopping = new AbortController()
const printed = deferred()

const guest = await startWithSockets(new URL('../build/guests/echo_server.wasm', import.meta.url), {
  args: ['--keep', '--host', '127.0.0.1', '0'],
  stdout: (bytes) => printed.resolve(Buffer.from(bytes).toString()),
  signal: stopping.signal,
  timeoutMs: 20_000,
})
const port = Number((await printed.promise).trim().split(':').at(-1))

const client = net.connect(port, '127.0.0.1')
client.end('hello\n')
const [echoed] = await once(client, 'data')
console.log(`the guest sent back: ${String(echoed).trim()}`)

const reason = new Error('enough')
stopping.abort(reason)
try {
  await guest.exitCode
} catch (error) {
  if (error instanceof GuestTimeout) throw error
  if (error !== reason) throw error
  console.log(`the guest was stopped: ${error.message}`)
}

/** A promise and what resolves it: Promise.withResolvers, which Node 20 lacks. */
function deferred() {
  let resolve
  const promise = new Promise((given) => {
    resolve = given
  })
  return { promise, resolve }
}
