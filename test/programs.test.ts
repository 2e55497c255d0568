import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, selfSigned, signed } from './support/certificates.js'
import { dnsServer } from './support/dns-server.js'
import { accepting, built, freePort, isBuilt, Program, run } from './support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
const has = (program: string) => spawnSync(program, ['--version']).error === undefined

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(isBuilt('netcat'))('netcat', () => {
  const guest = built('netcat', 'nc')
  const native = built('netcat', 'nc.native')

  test.each([
    ['a guest connects to a native one', guest, native, []],
    ['a native one connects to a guest', native, guest, []],
    ['a guest connects to a guest', guest, guest, []],
    ['a guest sends datagrams to a native one', guest, native, ['-u']],
    ['a native one sends datagrams to a guest', native, guest, ['-u']],
  ])('%s, and both say what is typed at the other', async (_, connecting, listening, kind) => {
    const port = String(await freePort())
    const listener = new Program(listening, [...kind, '-n', '-v', '-l', '-s', '127.0.0.1', '-p', port])
    await listener.says('listening on')
    const connector = new Program(connecting, [...kind, '-n', '-q', '0', '127.0.0.1', port])
    connector.child.stdin.write('typed at the connector\n')
    await listener.says('typed at the connector')
    listener.child.stdin.write('typed at the listener\n')
    await connector.says('typed at the listener')
    connector.child.stdin.end()
    expect(await connector.ended).toBe(0)
    if (kind.length === 0) expect(await listener.ended).toBe(0)
  })

  test('a scan tells an open port from a closed one', async () => {
    const server = net.createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as net.AddressInfo
    expect(await run(guest, ['-n', '-v', '-z', '127.0.0.1', String(port)])).toMatchObject({
      code: 0,
      said: expect.stringMatching(/\(\?\) open/),
    })
    await new Promise((resolve) => server.close(resolve))
    expect(await run(guest, ['-n', '-v', '-z', '127.0.0.1', String(port)])).toMatchObject({
      code: 1,
      said: expect.stringMatching(/Connection refused\n$/),
    })
  })
})

describe.runIf(isBuilt('hiredis') && (has('redis-server') || console.log('skipped: there is no redis-server')))(
  'hiredis',
  () => {
    // They give the server 10 ms for some answers, and a busy machine may need more.
    test('its own tests pass against a Redis server, over TCP and a local socket', { retry: 2 }, async () => {
      const port = String(await freePort())
      const local = path.join(folder, 'redis.sock')
      const options = ['--bind', '127.0.0.1', '--save', '', '--enable-debug-command', 'local', '--dir', folder]
      const server = new Program('redis-server', ['--port', port, '--unixsocket', local, ...options])
      await server.says('Ready to accept connections')
      const { code, said } = await run(built('hiredis', 'hiredis-test'), ['-h', '127.0.0.1', '-p', port, '-s', local])
      expect(said).not.toContain('FAILED')
      expect(said).toContain('Testing against inherited fd')
      expect(said).toMatch(/ALL TESTS PASSED\n$/)
      expect(code).toBe(0)
    })
  },
)

describe.runIf(isBuilt('mbedtls') && (has('openssl') || console.log('skipped: there is no openssl')))('mbedtls', () => {
  let authority: Certificate
  let server: Certificate
  const key = () => server.file.replace(/pem$/, 'key')
  beforeAll(async () => {
    authority = await selfSigned(folder, 'authority')
    server = await signed(folder, 'authority', 'localhost')
  })

  test.each([
    ['TLS', 'Protocol is TLSv1.2', [], []],
    ['DTLS', 'Protocol is DTLSv1.2', ['-dtls'], ['dtls=1']],
  ])('ssl_client2 speaks %s with openssl s_server', async (_, protocol, ofServer, ofClient) => {
    const port = String(await freePort())
    const options = ['-accept', `127.0.0.1:${port}`, '-cert', server.file, '-key', key(), ...ofServer]
    const peer = new Program('openssl', ['s_server', ...options])
    await peer.says('ACCEPT')
    const trust = [`ca_file=${authority.file}`, 'server_name=localhost', 'auth_mode=required']
    const args = ['server_addr=127.0.0.1', `server_port=${port}`, 'request_page=/from-the-guest', ...trust, ...ofClient]
    const client = new Program(built('mbedtls', 'programs/ssl/ssl_client2'), args)
    await peer.says('GET /from-the-guest')
    peer.child.stdin.write('typed at s_server\n')
    await client.says('typed at s_server')
    expect(client.said).toContain(protocol)
    expect(client.said).toContain('Verifying peer X.509 certificate... ok')
  })

  test.each([
    ['TLS', [], []],
    ['DTLS', ['-dtls'], ['dtls=1']],
  ])('openssl s_client speaks %s with ssl_server2', async (_, ofClient, ofServer) => {
    const port = String(await freePort())
    const options = ['server_addr=127.0.0.1', `server_port=${port}`, `crt_file=${server.file}`, `key_file=${key()}`]
    const guest = new Program(built('mbedtls', 'programs/ssl/ssl_server2'), [...options, ...ofServer])
    await guest.says('Waiting for a remote connection')
    const trust = ['-CAfile', authority.file, '-verify_return_error', '-servername', 'localhost']
    const client = new Program('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...trust, ...ofClient])
    await client.says('Verify return code: 0 (ok)')
    client.child.stdin.write('GET /from-openssl HTTP/1.0\r\n\r\n')
    await guest.says('GET /from-openssl')
    await client.says('mbed TLS Test Server')
  })

  test('its self-test passes, but for timing', async () => {
    // alarm() fires in calls that wait; the suite for timing counts on it in a loop that only computes.
    const { code, said } = await run(built('mbedtls', 'programs/test/selftest'), ['-x', 'timing'])
    expect(said).toContain('[ All tests PASS ]')
    expect(code).toBe(0)
  })
})

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

describe.runIf(isBuilt('jimtcl'))('jimtcl', () => {
  const jimsh = built('jimtcl', 'jimsh')

  /** What needs a second process fails; the number of tests that pass, and the names of those that do not. */
  const suites: [string, number, string[]][] = [
    ['aio', 29, []],
    ['event', 20, ['event-7.4', 'event-10.1']],
    ['signal', 32, []],
    ['timer', 43, []],
    ['file', 108, []],
    ['clock', 19, []],
  ]
  test.each(suites)('its own tests pass: %s', async (name, passing, failing) => {
    const { said } = await run(jimsh, [`${name}.test`], { cwd: built('jimtcl', 'tests') })
    const failed = [...said.matchAll(/^\t\S+:\d+\t(\S+)$/gm)].map(([, test]) => test)
    expect(failed).toEqual(failing)
    expect(Number(/Passed +(\d+)/.exec(said)?.[1])).toBe(passing)
  })

  test('a server on its event loop answers many clients of Node', async () => {
    const script = `
      set server [socket stream.server 127.0.0.1:0]
      $server readable {
        set client [$server accept]
        $client buffering line
        $client readable [list apply {client {
          if {[$client gets line] < 0} { $client close } else { $client puts "you said $line" }
        }} $client]
      }
      puts [$server sockname]
      vwait forever`
    const server = new Program(jimsh, ['-e', script])
    const [, port] = await server.says(/127\.0\.0\.1:(\d+)\n/)
    const answers = Array.from({ length: 20 }, async (_, index) => {
      const client = net.connect(Number(port), '127.0.0.1', () => client.write(`hello ${index}\n`))
      const [answer] = await once(client.setEncoding('utf8'), 'data')
      client.destroy()
      return answer
    })
    expect(await Promise.all(answers)).toEqual(answers.map((_, index) => `you said hello ${index}\n`))
  })

  test('a client talks to a server of Node, over IPv4, IPv6 and a local socket', async () => {
    const local = path.join(folder, 'jim.sock')
    const servers = [{ port: 0, host: '127.0.0.1' }, { port: 0, host: '::1' }, { path: local }].map((where) =>
      net.createServer((socket) => socket.pipe(socket)).listen(where),
    )
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const [v4, v6] = servers.map((server) => (server.address() as net.AddressInfo).port)
    const script = `
      foreach s [list [socket stream 127.0.0.1:${v4}] [socket -ipv6 stream {[::1]:${v6}}] [socket unix ${local}]] {
        $s puts "through [lindex [$s sockname] 0]"
        $s flush
        puts -nonewline "[lindex [$s gets] 0] "
        $s close
      }`
    const { said, code } = await run(jimsh, ['-e', script])
    for (const server of servers) server.close()
    expect([said, code]).toEqual(['through through through \n', 0])
  })
})

const zone = {
  'guest.test': { 1: ['192.0.2.7', '192.0.2.8'], 28: ['2001:0db8:0000:0000:0000:0000:0000:0001'], 16: ['a text'] },
  'long.test': { 16: Array.from({ length: 10 }, (_, index) => `${index}${'x'.repeat(99)}`) },
}

describe.runIf(isBuilt('ldns'))('drill of ldns', () => {
  test.each([
    [
      'addresses',
      'guest.test',
      'A',
      /guest\.test\.\s+60\s+IN\s+A\s+192\.0\.2\.7\n.*192\.0\.2\.8\n/,
      ['udp guest.test'],
    ],
    ['addresses of IPv6', 'guest.test', 'AAAA', /AAAA\s+2001:db8::1\n/, ['udp guest.test']],
    ['texts', 'guest.test', 'TXT', /TXT\s+"a text"\n/, ['udp guest.test']],
    ['that an answer was cut off', 'long.test', 'TXT', /packet was truncated/, ['udp long.test']],
    ['long answers over TCP', 'long.test', 'TXT', /"9x{99}"/, ['tcp long.test'], ['-t']],
    ['that there is no such name', 'none.test', 'A', /rcode: NXDOMAIN/, ['udp none.test']],
  ])('is told %s by a name server of Node', async (_, name, type, told, ways, options: string[] = []) => {
    const server = await dnsServer(zone)
    const args = [...options, '-p', String(server.port), name, '@127.0.0.1', type]
    const { said } = await run(built('ldns', 'drill/drill'), args)
    server.close()
    expect(said).toMatch(told)
    expect(server.asked).toEqual(ways)
  })
})

describe.runIf(isBuilt('c-ares'))('adig of c-ares', () => {
  test.each([
    ['A', 'guest.test', /192\.0\.2\.7\n.*192\.0\.2\.8\n/, ['udp guest.test']],
    ['AAAA', 'guest.test', /2001:db8::1\n/, ['udp guest.test']],
    ['TXT', 'long.test', /9x{99}/, ['udp long.test', 'tcp long.test']],
  ])('is told %s of %s by a name server of Node', async (type, name, told, ways) => {
    const server = await dnsServer(zone)
    const port = String(server.port)
    const args = ['-s', '127.0.0.1', '-U', port, '-T', port, '-t', type, `${name}.`]
    const { said } = await run(built('c-ares', 'src/tools/adig'), args)
    server.close()
    expect(said).toMatch(told)
    expect(server.asked).toEqual(ways)
  })
})

describe.runIf(isBuilt('libevent'))('libevent', () => {
  const others = {
    select: { EVENT_NOEPOLL: '1', EVENT_NOPOLL: '1' },
    poll: { EVENT_NOEPOLL: '1' },
    epoll: {},
  }
  /** What needs `fork` or a lower RLIMIT_NOFILE, or changes the environment for those after it. */
  const left = [':main/fork', ':main/base_environ', ':listener/error_unlock']
  const groups = ['main', 'evbuffer', 'rpc', 'signal', 'listener', 'evtag', 'heap']
  const rows = Object.entries(others).flatMap(([backend, env]) => groups.map((group) => ({ group, backend, env })))

  // Some of them want timers to be right to 50 ms, which a busy machine may not be.
  test.each(rows)('its regression tests pass: $group with $backend', { retry: 2 }, async ({ group, env }) => {
    const { code, said } = await run(built('libevent', 'test/regress'), ['--no-fork', `${group}/..`, ...left], { env })
    expect(said).not.toContain('FAILED')
    expect(said).toMatch(/\d+ tests ok/)
    expect(code).toBe(0)
  })

  test.each(Object.entries(others))('it uses %s when told so', async (backend, env) => {
    const options = { env: { ...env, EVENT_SHOW_METHOD: '1' } }
    const { said } = await run(built('libevent', 'test/regress'), ['--no-fork', 'main/simpleread'], options)
    expect(said).toContain(`libevent using: ${backend}`)
  })

  test.each(Object.entries(others))('its HTTP server answers clients of Node with %s', async (_, env) => {
    writeFileSync(path.join(folder, 'page.txt'), 'a page of the host\n')
    const port = await freePort()
    const server = new Program(built('libevent', 'sample/http-server'), ['-p', String(port), folder], { env })
    await server.says('Listening on')
    const address = `http://127.0.0.1:${port}`
    const pages = await Promise.all([1, 2, 3, 4].map(async () => (await fetch(`${address}/page.txt`)).text()))
    expect(new Set(pages)).toEqual(new Set(['a page of the host\n']))
    const dump = await fetch(`${address}/dump`, { method: 'POST', body: 'from Node' })
    expect(dump.status).toBe(200)
    await server.says('from Node')
  })
})
