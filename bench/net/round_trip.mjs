// As guests/round_trip.c.
import { connectedTo, inMs, nowNs, numbers, printResult } from './measure.mjs'

const [port, size, warmMs, runMs] = numbers
const betweenLooks = 16

const message = Buffer.alloc(size)
const socket = await connectedTo(port)
const warm = inMs(warmMs)
let start
let end
let trips = 0
let got = 0

socket.on('data', (bytes) => {
  got += bytes.length
  if (got < size) return
  got = 0
  if (++trips % betweenLooks === 0) look()
  if (!socket.destroyed) socket.write(message)
})
socket.write(message)

function look() {
  const now = nowNs()
  if (start === undefined && now >= warm) {
    start = now
    end = now + BigInt(runMs) * 1_000_000n
    trips = 0
  } else if (now >= end) {
    printResult(now - start, trips)
    socket.destroy()
  }
}
