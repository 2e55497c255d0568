import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command, guestFile } from './support/command.js'

/* curl_demo on the small libcurl-compatible library, against servers that behave and misbehave. Exit codes are libcurl's. */
const routes: Record<string, http.RequestListener> = {
  '/hello': (_, response) => response.end('hello\n'),
  '/chunked': (_, response) => {
    for (const piece of ['one ', 'two ', 'three\n']) response.write(piece)
    response.end()
  },
  '/moved': (_, response) => response.writeHead(302, { location: '/hello' }).end(),
  '/round': (_, response) => response.writeHead(302, { location: '/round' }).end(),
  '/echo': (request, response) => {
    response.write(`${request.method} ${request.headers['x-mine'] ?? '-'} `)
    request.pipe(response)
  },
  '/large': (_, response) => response.end(Buffer.alloc(3_000_000, 'x')),
  '/never': () => {},
}
const raw: Record<string, string> = {
  short: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort',
  nothing: '',
  nonsense: 'SSH-2.0-OpenSSH_9.2\r\n',
  chunk: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
}
let server: http.Server
let base = ''
beforeAll(async () => {
  server = http.createServer((request, response) => {
    const route = routes[request.url ?? '']
    if (route === undefined) response.writeHead(404).end()
    else route(request, response)
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const curl = (...args: string[]) => command([guestFile('curl_demo'), ...args])

describe('a transfer', () => {
  test.each([
    ['GET', () => [`${base}/hello`], 'hello\n'],
    ['a chunked reply', () => [`${base}/chunked`], 'one two three\n'],
    ['a redirect', () => ['-L', `${base}/moved`], 'hello\n'],
    ['POST with a header of its own', () => ['-d', 'data', '-H', 'X-Mine: yes', `${base}/echo`], 'POST yes data'],
    ['two on one connection', () => [`${base}/hello`, `${base}/chunked`], 'hello\none two three\n'],
    ['another method', () => ['-X', 'DELETE', `${base}/echo`], 'DELETE - '],
  ])('%s', async (_, args, stdout) => {
    expect(await curl(...args())).toMatchObject({ stdout, code: 0 })
  })

  test('three megabytes arrive whole', async () => {
    expect((await curl(`${base}/large`)).stdout.length).toBe(3_000_000)
  })

  test.each([
    ['a scheme it does not speak', () => ['ftp://127.0.0.1/'], 1],
    ['nobody listening', () => ['http://127.0.0.1:1/'], 7],
    ['a name there is not', () => ['http://no-such-host.invalid/'], 6],
    ['a status that says error, with -f', () => ['-f', `${base}/missing`], 22],
    ['a server that never answers, with -m', () => ['-m', '0.3', `${base}/never`], 28],
    ['redirects without end', () => ['-L', `${base}/round`], 47],
  ])('%s', async (_, args, code) => {
    expect((await curl(...args())).code).toBe(code)
  })

  test.each([
    ['a reply cut short', 'short', 18],
    ['no reply', 'nothing', 52],
    ['a reply that is no HTTP', 'nonsense', 1],
    ['a chunk size that is none', 'chunk', 56],
  ])('%s', async (_, which, code) => {
    const bad = net.createServer((socket) => socket.once('data', () => socket.end(raw[which] ?? '')))
    bad.listen(0, '127.0.0.1')
    await new Promise((resolve) => bad.once('listening', resolve))
    const result = await curl(`http://127.0.0.1:${(bad.address() as AddressInfo).port}/`)
    bad.close()
    expect(result.code).toBe(code)
  })
})
