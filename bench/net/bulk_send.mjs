// As guests/bulk_send.c.
import { once } from 'node:events'
import { connectedTo, fail, inMs, nowNs, numbers, printResult } from './measure.mjs'

const [port, warmMs, runMs] = numbers
const betweenLooks = 16

const piece = Buffer.alloc(65536)
const socket = await connectedTo(port)

async function sendPieces(until) {
  let sent = 0
  while (nowNs() < until)
    for (let i = 0; i < betweenLooks; i++) {
      sent += piece.length
      if (!socket.write(piece)) await once(socket, 'drain')
    }
  return sent
}

const before = await sendPieces(inMs(warmMs))
const start = nowNs()
const sent = await sendPieces(start + BigInt(runMs) * 1_000_000n)
const elapsed = nowNs() - start
socket.end()
const [answer] = await once(socket, 'data')
if (Number(answer) === before + sent) printResult(elapsed, sent)
else fail(new Error(`sent ${before + sent} bytes, but the peer received ${answer}`))
