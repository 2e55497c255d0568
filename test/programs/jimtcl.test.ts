import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { built, isBuilt, Program, run } from '../support/programs.js'

/*
 * Programs that nobody here wrote, built by `make programs` from their Debian sources without a patch, against native peers: their own
 * twins, OpenSSL, Redis, and Node. docs/programs.md tells what each needed.
 */
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
