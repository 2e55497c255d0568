import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accepting, built, freePort, isBuilt, Program } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isBuilt('lighttpd'))('lighttpd', () => {
  const page = 'a page of the host\n'
  const large = Buffer.alloc(3_000_000, 'lighttpd')

  /** lighttpd with an event handler, which serves a page and a large file, and passes /proxy on to `behind`. */
  async function serving(build: string, handler: string, behind = 1) {
    const port = await freePort()
    const place = mkdtempSync(path.join(folder, 'lighttpd-'))
    writeFileSync(path.join(place, 'index.html'), page)
    writeFileSync(path.join(place, 'large.bin'), large)
    const file = path.join(place, 'lighttpd.conf')
    writeFileSync(
      file,
      `server.document-root = "${place}"
       server.bind = "127.0.0.1"
       server.port = ${port}
       server.event-handler = "${handler}"
       server.max-keep-alive-idle = 60
       server.modules = ("mod_indexfile", "mod_proxy", "mod_staticfile")
       index-file.names = ("index.html")
       mimetype.assign = (".html" => "text/html")
       $HTTP["url"] =^ "/proxy" { proxy.server = ("" => (("host" => "127.0.0.1", "port" => ${behind}))) }`,
    )
    const program = new Program(built('lighttpd', `${build}/src/lighttpd`), ['-D', '-f', file])
    await accepting(port, program)
    return `http://127.0.0.1:${port}`
  }

  const handlers = [
    ['select', 'with-select'],
    ['poll', 'with-poll'],
    ['linux-sysepoll', 'with-poll'],
  ] as const

  test.each(handlers)('serves pages and large files, many at once, with %s', async (handler, build) => {
    const address = await serving(build, handler)
    const fetched = await Promise.all(Array.from({ length: 40 }, async () => (await fetch(address)).text()))
    expect(new Set(fetched)).toEqual(new Set([page]))
    const bodies = await Promise.all(
      [1, 2, 3, 4].map(async () => Buffer.from(await (await fetch(`${address}/large.bin`)).arrayBuffer())),
    )
    expect(bodies.map((body) => body.equals(large))).toEqual([true, true, true, true])
    const part = await fetch(`${address}/large.bin`, { headers: { range: 'bytes=8-15' } })
    expect([part.status, await part.text()]).toEqual([206, 'lighttpd'])
    expect((await fetch(`${address}/missing`)).status).toBe(404)
  })

  test.each(handlers)('passes requests on to a server of Node with %s', async (handler, build) => {
    const behind = http.createServer((request, response) => {
      request.pipe(response.writeHead(200, { 'x-method': request.method }))
    })
    await once(behind.listen(0, '127.0.0.1'), 'listening')
    const address = await serving(build, handler, (behind.address() as net.AddressInfo).port)
    const response = await fetch(`${address}/proxy`, { method: 'POST', body: large })
    expect(response.headers.get('x-method')).toBe('POST')
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true)
    behind.closeAllConnections()
    behind.close()
  })
})
