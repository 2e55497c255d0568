// peer.c for machines without a C compiler: the same modes, the same lines.
import { once } from 'node:events'
import net from 'node:net'
import { connectedTo, fail, inMs, listen, nowNs, numbers, printResult } from './net/measure.mjs'

const window = 128
const [mode] = process.argv.slice(2)
const active = 16
const [, port, count, warmMs, runMs] = numbers
const large = Buffer.alloc(1 << 20)

const serve = (use) =>
  listen((socket) => {
    socket.on('error', () => process.exit())
    socket.on('close', () => process.exit())
    use(socket)
  })

/** Connections on each of which one byte has been answered. */
async function held() {
  const sockets = []
  const waiting = []
  for (let i = 0; i < count; i++) {
    const socket = await connectedTo(port)
    socket.write('x')
    sockets.push(socket)
    waiting.push(once(socket, 'data'))
    if (i >= window) await waiting[i - window]
  }
  await Promise.all(waiting)
  return sockets
}

/** Counts how often `done` is called: first for a while, then for the time that counts. */
function counter() {
  const warm = inMs(warmMs)
  const start = { at: undefined, until: undefined }
  let done = 0
  return () => {
    const now = nowNs()
    if (start.at === undefined && now < warm) return
    if (start.at === undefined) Object.assign(start, { at: now, until: now + BigInt(runMs) * 1_000_000n })
    else if (now < start.until) done++
    else {
      printResult(now - start.at, done)
      process.exit()
    }
  }
}

async function crowd() {
  const sockets = await held()
  const few = Math.min(count, active)
  const oneMore = counter()
  for (let turn = 0; ; turn++, oneMore()) {
    const socket = sockets[(turn % few) * Math.floor(count / few)]
    socket.write('x')
    await once(socket, 'data')
  }
}

/** The length of a whole answer that begins with these bytes; undefined while that cannot be told. */
function answerLength(bytes) {
  const text = bytes.toString('latin1')
  const body = text.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: *(\d+)/i.exec(text)?.[1]
  return body < 0 || length === undefined ? undefined : body + 4 + Number(length)
}

async function load() {
  const request = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
  const answered = counter()
  for (let i = 0; i < count; i++) {
    const socket = await connectedTo(port)
    let first = Buffer.alloc(0)
    let length // of each answer, which all have that of the first
    let got = 0
    socket.on('data', (bytes) => {
      got += bytes.length
      if (length === undefined) {
        first = Buffer.concat([first, bytes])
        length = answerLength(first)
      }
      if (length === undefined || got < length) return
      got = 0
      answered()
      socket.write(request)
    })
    socket.write(request)
  }
}

const modes = {
  crowd,
  load,
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
    await held()
    process.stdout.write(`held ${count}\n`)
  },
}
await (modes[mode] ?? (() => fail(new Error(`there is no mode ${mode}`))))()
