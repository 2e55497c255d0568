// peer.c for machines without a C compiler: the same modes, the same lines.
import { once } from 'node:events'
import net from 'node:net'
import { connectedTo, fail, listen, numbers } from './net/measure.mjs'

const window = 128
const [mode] = process.argv.slice(2)
const [, port, count] = numbers
const large = Buffer.alloc(1 << 20)

const serve = (use) =>
  listen((socket) => {
    socket.on('error', () => process.exit())
    socket.on('close', () => process.exit())
    use(socket)
  })

const modes = {
  echo: () => serve((socket) => socket.on('data', (bytes) => socket.write(bytes))),
  source: () =>
    serve(async (socket) => {
      for (;;) if (!socket.write(large)) await once(socket, 'drain')
    }),
  sink: () =>
    serve((socket) => {
      let total = 0
      socket.on('data', (bytes) => {
        total += bytes.length
      })
      socket.on('end', () => socket.end(`${total}\n`))
    }),
  connector: () => {
    let connected = 0
    const next = () => {
      if (connected++ >= count) return
      const socket = net.connect(port, '127.0.0.1')
      socket.on('error', () => process.exit()) // the server has seen enough
      socket.on('close', next)
      socket.resume()
    }
    for (let i = 0; i < window; i++) next()
  },
  holder: async () => {
    const waiting = []
    for (let i = 0; i < count; i++) {
      const socket = await connectedTo(port)
      socket.write('x')
      waiting.push(once(socket, 'data'))
      if (i >= window) await waiting[i - window]
    }
    await Promise.all(waiting)
    process.stdout.write(`held ${count}\n`)
  },
}
await (modes[mode] ?? (() => fail(new Error(`there is no mode ${mode}`))))()
