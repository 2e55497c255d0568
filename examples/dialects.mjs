// Echo servers whose imports are of four different dialects, all run by the same call. onListen tells the host where each listens:
// the last one has no way to choose a port, or to ask for it.
import net from 'node:net'
import { text } from 'node:stream/consumers'
import { inspectModule, startWithSockets } from 'posix-wasm'

for (const dialect of ['wasmedge2', 'wamr', 'wasix', 'replicated']) {
  const module = new URL(`../build/guests/${dialect}_echo_server.wasm`, import.meta.url)
  const { dialects } = await inspectModule(module)
  const port = await new Promise((resolve, reject) => {
    const onListen = ({ address }) => resolve(address.port)
    startWithSockets(module, { args: ['4', '1'], stdout: 'ignore', notice() {}, onListen }).catch(reject)
  })
  const socket = net.connect(port, '127.0.0.1')
  socket.end('hello')
  console.log(`${dialects.map((each) => each.join(' or ')).join(', ')}: ${await text(socket)}`)
}
