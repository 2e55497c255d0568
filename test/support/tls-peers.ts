import { once } from 'node:events'
import type net from 'node:net'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'
import tls from 'node:tls'
import { promisify } from 'node:util'

/** Numbers counting up, as the guests of test/tls send them, and their sum. */
export function counted(bytes: number): { data: Buffer; sum: number } {
  const words = Uint32Array.from({ length: bytes / 4 }, (_, index) => index)
  const sum = new CountedSum()
  sum.add(Buffer.from(words.buffer))
  return { data: Buffer.from(words.buffer), sum: sum.value }
}

/** FNV-1a over four bytes at a time, however they are cut. */
export class CountedSum {
  value = 2166136261
  bytes = 0
  #rest = Buffer.alloc(0)

  add(piece: Buffer): void {
    this.bytes += piece.length
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, piece]) : piece
    const whole = all.length - (all.length % 4)
    for (let at = 0; at < whole; at += 4) this.value = Math.imul(this.value ^ all.readInt32LE(at), 16777619)
    this.#rest = Buffer.from(all.subarray(whole))
  }

  /** As the guests print it. */
  toString(): string {
    return `${this.bytes} bytes, sum ${this.value >>> 0}`
  }
}

/** Writes all, in pieces for which there is room; resolves when the last one was taken. */
export async function writeAll(stream: Duplex, data: Buffer): Promise<void> {
  for (let at = 0; at < data.length; at += 65536)
    if (!stream.write(data.subarray(at, at + 65536))) await once(stream, 'drain')
}

/** All that comes until the end. Unlike `for await` it leaves the other direction alone. */
export async function textOf(stream: Duplex): Promise<string> {
  const pieces: Buffer[] = []
  stream.on('data', (piece: Buffer) => pieces.push(piece))
  await once(stream, 'end')
  return Buffer.concat(pieces).toString()
}

/** A server on a free port of the loopback, until `close`. */
export async function listening<S extends net.Server>(
  server: S,
): Promise<{ port: number; server: S; close: () => void }> {
  const open = new Set<net.Socket>()
  server.on('connection', (socket) => {
    open.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => {
    for (const socket of open) socket.destroy()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, server, close }
}

/** A TLS server that keeps what goes wrong with its connections to itself. */
export function tlsServer(options: tls.TlsOptions, serve: (socket: tls.TLSSocket) => void): tls.Server {
  const server = tls.createServer({ allowHalfOpen: true, ...options }, (socket) => {
    socket.on('error', () => {})
    serve(socket)
  })
  return server.on('tlsClientError', () => {})
}

/** Ends with the very bytes it was sent: after the end of what comes, so that a half-close must have worked. */
export async function answerAfterEnd(socket: Duplex): Promise<void> {
  const text = await textOf(socket).catch(() => undefined)
  if (text !== undefined) socket.end(`you said ${text}`)
}

/** Resolves when TLS has begun over `stream`, or rejects. */
export async function tlsOver(stream: Duplex, options: tls.ConnectionOptions): Promise<tls.TLSSocket> {
  const socket = tls.connect({ ...options, socket: stream as net.Socket })
  await once(socket, 'secureConnect')
  return socket.on('error', () => {})
}

/** The stream, with `text` in one piece with the first bytes that are written to it. */
export function withFirstBytes(stream: net.Socket, text: string): Duplex {
  let before: string | undefined = text
  const write = promisify((data: Buffer, done: (error?: Error | null) => void) => void stream.write(data, done))
  return Duplex.from({
    readable: stream,
    writable: async (pieces: AsyncIterable<Buffer>) => {
      for await (const piece of pieces) {
        await write(Buffer.concat([Buffer.from(before ?? ''), piece]))
        before = undefined
      }
      stream.end()
    },
  })
}
