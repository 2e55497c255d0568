// As guests/accept_rate.c.
import { inMs, listen, nowNs, numbers, printResult } from './measure.mjs'

const [warmMs, runMs, most] = numbers

let warm
let start
let end
let accepted = 0
let before = 0

listen((socket) => {
  socket.on('error', () => {}) // the peer leaves when it has seen enough
  socket.destroy()
  accepted++
  const now = nowNs()
  warm ??= inMs(warmMs)
  if (start === undefined && (now >= warm || accepted >= most / 2)) {
    start = now
    end = now + BigInt(runMs) * 1_000_000n
    before = accepted
    accepted = 0
  } else if (now >= end || accepted + before >= most) {
    printResult(now - start, accepted)
    process.exit()
  }
})
