import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accepting, built, freePort, isBuilt, Program } from '../support/programs.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isBuilt('nginx'))('nginx', () => {
  const page = 'a page of the host\n'
  const large = Buffer.alloc(3_000_000, 'nginx')

  /** nginx with an event method, which serves a page and a large file, and passes /proxy on to `behind`. */
  async function serving(method: string, behind = 1) {
    const port = await freePort()
    const place = mkdtempSync(path.join(folder, 'nginx-'))
    for (const name of ['html', 'logs']) mkdirSync(path.join(place, name))
    writeFileSync(path.join(place, 'html/index.html'), page)
    writeFileSync(path.join(place, 'html/large.bin'), large)
    const file = path.join(place, 'nginx.conf')
    writeFileSync(
      file,
      `daemon off; master_process off; error_log stderr;
       events { use ${method}; worker_connections 256; }
       http {
         access_log off; client_max_body_size 10m;
         server { listen 127.0.0.1:${port}; root html; location /proxy { proxy_pass http://127.0.0.1:${behind}; } }
       }`,
    )
    await accepting(port, new Program(built('nginx', 'objs/nginx'), ['-p', place, '-c', file]))
    return `http://127.0.0.1:${port}`
  }

  test.each(['select', 'poll', 'epoll'])('serves pages and large files, many at once, with %s', async (method) => {
    const address = await serving(method)
    const fetched = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(address)).text()))
    expect(new Set(fetched)).toEqual(new Set([page]))
    const bodies = await Promise.all(
      [1, 2, 3, 4].map(async () => Buffer.from(await (await fetch(`${address}/large.bin`)).arrayBuffer())),
    )
    expect(bodies.map((body) => body.equals(large))).toEqual([true, true, true, true])
    const part = await fetch(`${address}/large.bin`, { headers: { range: 'bytes=5-9' } })
    expect([part.status, await part.text()]).toEqual([206, 'nginx'])
    expect((await fetch(`${address}/missing`)).status).toBe(404)
  })

  test.each(['select', 'poll', 'epoll'])('passes requests on to a server of Node with %s', async (method) => {
    const behind = http.createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray())
      response.writeHead(200, { 'x-method': request.method }).end(body)
    })
    await once(behind.listen(0, '127.0.0.1'), 'listening')
    const address = await serving(method, (behind.address() as net.AddressInfo).port)
    const response = await fetch(`${address}/proxy`, { method: 'POST', body: large })
    expect(response.headers.get('x-method')).toBe('POST')
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true)
    behind.closeAllConnections()
    behind.close()
  })
})
