// As guests/idle_connections.c.
import { fail, listen, nowNs, numbers, printResult } from './measure.mjs'

const [count] = numbers

const start = nowNs()
const held = []
let answered = 0

listen((socket) => {
  held.push(socket)
  socket.on('error', fail)
  socket.once('data', (byte) => {
    socket.write(byte)
    if (++answered === count) printResult(nowNs() - start, count)
  })
})
