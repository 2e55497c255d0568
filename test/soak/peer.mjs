// The other side of churn.c, in a process of its own: echoes streams after their seed, ends, resets and stops reading at random, dials the
// guest and drops it, and echoes datagrams. Prints its ports; takes the guest's as an argument.
import dgram from 'node:dgram'
import net from 'node:net'

const [guestPort, seed] = process.argv.slice(2).map(Number)
let state = (seed * 2654435761) >>> 0 || 1

/** The same chances for the same seed. */
function chance(below) {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  state >>>= 0
  return state % below
}

const SEED_BYTES = 4

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  let skip = SEED_BYTES
  const fate = chance(10)
  const lives = fate < 4 ? chance(60_000) : Number.POSITIVE_INFINITY
  let echoed = 0
  socket.on('error', () => {})
  socket.on('data', (bytes) => {
    const stream = bytes.subarray(Math.min(skip, bytes.length))
    skip -= bytes.length - stream.length
    echoed += stream.length
    if (stream.length > 0 && !socket.write(stream)) socket.pause()
    if (echoed <= lives) return
    if (fate < 2) socket.resetAndDestroy()
    else socket.end()
  })
  socket.on('drain', () => socket.resume())
  socket.on('end', () => socket.end())
})

const echo = dgram.createSocket('udp4')
echo.on('message', (bytes, { port, address }) => echo.send(bytes, port, address))
echo.on('error', () => {})

/** Dials the guest, says something, and goes in one of three ways. */
function dial() {
  const socket = net.connect(guestPort, '127.0.0.1')
  socket.on('error', () => {})
  socket.on('connect', () => {
    socket.write(Buffer.alloc(chance(20_000), 'x'))
    const way = chance(3)
    if (way === 0) socket.end()
    else setTimeout(() => (way === 1 ? socket.resetAndDestroy() : socket.destroy()), chance(200))
  })
  socket.resume()
  setTimeout(dial, chance(60))
}

server.listen(0, '127.0.0.1', () =>
  echo.bind(0, '127.0.0.1', () => {
    console.log(`${server.address().port} ${echo.address().port}`)
    setTimeout(dial, 500)
  }),
)
