// As guests/echo_loop.c.
import { listen } from './measure.mjs'

listen((socket) => {
  socket.on('error', () => {}) // the peer leaves when it has seen enough
  socket.on('data', (bytes) => socket.write(bytes))
})
