import { createHash } from 'node:crypto'
import { once } from 'node:events'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Certificate } from './certificates.js'
import { Summing } from './curl.js'

const pieceSize = 1 << 16

/** So many bytes, of which no two pieces are alike: a piece that is lost, doubled or out of place changes their sum. */
export function* pieces(bytes: number): Generator<Buffer> {
  const pattern = createHash('sha512').update('pieces').digest()
  for (let at = 0; at < bytes; at += pieceSize) {
    const piece = Buffer.alloc(pieceSize, pattern)
    piece.writeUInt32LE(at / pieceSize, 0)
    yield piece.subarray(0, Math.min(pieceSize, bytes - at))
  }
}

export async function sumOf(bytes: number) {
  const sum = new Summing()
  await sum.add(Readable.from(pieces(bytes)))
  return sum.get()
}

const text = 'The quick brown fox jumps over the lazy dog.\n'.repeat(1000)

const routes: Record<string, http.RequestListener> = {
  '/hello': (_, response) => response.end('hello\n'),
  '/moved': (_, response) => response.writeHead(302, { location: '/hello' }).end(),
  '/round': (_, response) => response.writeHead(302, { location: '/round' }).end(),
  '/chunked': (_, response) => {
    for (const piece of ['one ', 'two ', 'three\n']) response.write(piece)
    response.end()
  },
  '/echo': (request, response) => {
    response.write(`${request.method} ${request.headers['x-mine'] ?? '-'} `)
    request.pipe(response)
  },
  '/host': (request, response) => response.end(`${request.headers.host}\n`),
  '/authorization': (request, response) => response.end(`${request.headers.authorization}\n`),
  '/never': () => {},
  '/text': (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const range = { 'content-range': `bytes ${from}-${text.length - 1}/${text.length}` }
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': text.length - from, ...(from > 0 ? range : {}) })
    response.end(text.slice(from))
  },
  '/sum': async (request, response) => {
    const sum = new Summing()
    await sum.add(request)
    response.end(JSON.stringify(sum.get()))
  },
}

const answer: http.RequestListener = (request, response) => {
  const [, bytes] = /^\/bytes\/(\d+)$/.exec(request.url ?? '') ?? []
  const route = routes[request.url ?? '']
  if (bytes !== undefined) {
    response.writeHead(200, { 'content-length': bytes })
    Readable.from(pieces(Number(bytes))).pipe(response)
  } else if (route !== undefined) route(request, response)
  else response.writeHead(404).end('there is nothing\n')
}

export { text as longText }

/** A server on a free port of `host`, or on a path; with a certificate it speaks TLS. */
export class WebServer {
  /** Connections that were accepted. */
  connections = 0
  readonly #server: http.Server | https.Server

  private constructor(certificate?: Certificate) {
    this.#server = certificate === undefined ? http.createServer(answer) : https.createServer(certificate, answer)
    this.#server.on('connection', () => {
      this.connections++
    })
  }

  static async listen(where: { host?: string; path?: string }, certificate?: Certificate): Promise<WebServer> {
    const server = new WebServer(certificate)
    server.#server.listen('path' in where ? where : { port: 0, ...where })
    await once(server.#server, 'listening')
    return server
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
