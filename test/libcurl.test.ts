import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command, guestFile } from './support/command.js'
import { isBuilt, libcurl } from './support/curl.js'
import { longText, WebServer } from './support/web-server.js'

/* curl_demo.c on the small compatible library and on the real libcurl: the same source prints the same and exits the same. */
const root = fileURLToPath(new URL('..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-libcurl-'))
const onReal = join(folder, 'curl_demo.wasm')
let server: WebServer
const at = (path: string) => `http://127.0.0.1:${server.port}${path}`

const raw: Record<string, string> = {
  'a reply cut short': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort',
  'no reply': '',
  'a reply that is no HTTP': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a chunk size that is none': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'a reply up to the end of the connection': 'HTTP/1.0 200 OK\r\n\r\nall of it',
  'trailers after the chunks':
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nLater: yes\r\n\r\n',
  'an answer of 100 first': 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'no body by its status': 'HTTP/1.1 204 No Content\r\n\r\n',
}

describe.runIf(isBuilt())('curl_demo on either library', () => {
  beforeAll(async () => {
    server = await WebServer.listen({ host: '127.0.0.1' })
    writeFileSync(join(folder, 'upload'), longText)
    const config = (...args: string[]) => promisify(execFile)(join(libcurl, 'bin/curl-config'), args)
    const { stdout } = await config('--cflags', '--static-libs')
    const options = ['-O2', join(root, 'c/libcurl-wasm/curl_demo.c'), ...stdout.trim().split(/\s+/), '-o', onReal]
    expect(await command(['cc', ...options])).toMatchObject({ code: 0, stderr: '' })
  })
  afterAll(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  /** Both runs, of which the exit code and what is printed count: the words of error messages may differ. */
  async function both(args: readonly string[], input = '') {
    const run = async (guest: string) => {
      const { code, stdout } = await command(['--dir', folder, guest, ...args], input)
      return { code, stdout: withoutWeather(stdout) }
    }
    const [small, real] = [await run(guestFile('curl_demo')), await run(onReal)]
    expect(small).toEqual(real)
    return real
  }

  test.each([
    ['GET', () => [at('/hello')], 0],
    ['headers and body, with a summary', () => ['-i', '-w', at('/hello')], 0],
    ['HEAD', () => ['-I', '-w', at('/hello')], 0],
    ['a chunked reply', () => ['-w', at('/chunked')], 0],
    ['a redirect, with the headers of both', () => ['-L', '-i', '-w', at('/moved')], 0],
    ['a redirect that is not followed', () => ['-w', at('/moved')], 0],
    ['POST with a header of its own', () => ['-w', '-d', 'data', '-H', 'X-Mine: yes', at('/echo')], 0],
    ['another method', () => ['-X', 'DELETE', at('/echo')], 0],
    ['a name and a password', () => ['-w', '-u', 'me:secret', at('/authorization')], 0],
    ['HTTP/1.0', () => ['-0', at('/hello')], 0],
    ['a part', () => ['-w', '-r', '100-', at('/text')], 0],
    ['PUT of a file', () => ['-w', '-T', join(folder, 'upload'), at('/sum')], 0],
    ['three on one connection', () => ['-w', at('/hello'), at('/chunked'), at('/hello')], 0],
    ['three megabytes', () => [at('/bytes/3000000')], 0],
    ['a name', () => [`http://localhost:${server.port}/host`], 0],
    ['a scheme that neither speaks', () => ['nonsense://127.0.0.1/'], 1],
    ['no URL at all', () => ['http://'], 3],
    ['a name that there is not', () => ['http://no-such-host.invalid/'], 6],
    ['nobody listening', () => ['-w', 'http://127.0.0.1:1/'], 7],
    ['a status that says error, with -f', () => ['-f', '-w', at('/missing')], 22],
    ['a server that never answers, with -m', () => ['-m', '0.3', at('/never')], 28],
    ['redirects without end', () => ['-L', '-M', '5', '-w', at('/round')], 47],
  ])('%s', async (_, args, code) => {
    expect((await both(args())).code).toBe(code)
  })

  test('PUT from standard input', async () => {
    expect((await both(['-T', '-', at('/sum')], longText)).stdout).toContain(`"bytes":${longText.length}`)
  })

  test('a body that is written to a file', async () => {
    await both(['-o', join(folder, 'written'), at('/text')])
    expect(readFileSync(join(folder, 'written'), 'utf8')).toBe(longText)
  })

  test.each(Object.keys(raw))('%s', async (name) => {
    const bad = net.createServer((socket) => socket.once('data', () => socket.end(raw[name] ?? '')))
    bad.listen(0, '127.0.0.1')
    await new Promise((resolve) => bad.once('listening', resolve))
    await both(['-w', `http://127.0.0.1:${(bad.address() as AddressInfo).port}/`]).finally(() => bad.close())
  })
})

/** What a server says differently each second. */
const withoutWeather = (output: string) => output.replace(/^Date: .*$/gm, 'Date: now')
