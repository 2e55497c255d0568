// As guests/bulk_receive.c.
import { connectedTo, inMs, nowNs, numbers, printResult } from './measure.mjs'

const [port, warmMs, runMs] = numbers
const betweenLooks = 16

const socket = await connectedTo(port)
const warm = inMs(warmMs)
let start
let end
let pieces = 0
let received = 0

socket.on('data', (bytes) => {
  received += bytes.length
  if (++pieces % betweenLooks !== 0) return
  const now = nowNs()
  if (start === undefined && now >= warm) {
    start = now
    end = now + BigInt(runMs) * 1_000_000n
    received = 0
  } else if (now >= end) {
    printResult(now - start, received)
    socket.destroy()
  }
})
