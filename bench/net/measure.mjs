// What the node:net programs share, as guests/measure.h does for the C programs.
import net from 'node:net'

setTimeout(() => process.exit(1), 120_000).unref() // a program left alone does not stay

/** The program's arguments, which are numbers. */
export const numbers = process.argv.slice(2).map(Number)

export const nowNs = () => process.hrtime.bigint()

export const inMs = (ms) => nowNs() + BigInt(ms) * 1_000_000n

/** Resolves to a connection to the peer, whose errors end the program. */
export function connectedTo(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', fail)
  })
}

/** Serves on a port that the harness is told. */
export function listen(serve) {
  const server = net.createServer(serve)
  server.on('error', fail)
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1024 }, () =>
    process.stdout.write(`port ${server.address().port}\n`),
  )
}

export function printResult(elapsedNs, count) {
  process.stdout.write(`result ${elapsedNs} ${count}\n`)
}

export function fail(error) {
  process.stderr.write(`${error.message}\n`, () => process.exit(1))
}
