import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { selfSigned, signed } from './support/certificates.js'
import { guestCurl, isBuilt, nativeCurl, ran, summed } from './support/curl.js'
import { longText, pieces, sumOf, WebServer } from './support/web-server.js'

/* The real curl, built by `make libcurl`, as a guest. Where the system has a curl, it gets the same arguments and must do the same. */
const largeBytes = (process.env['POSIX_WASM_FULL_TESTS'] ? 1 << 30 : 1 << 28) + 5
const limitMs = 120_000

const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-curl-'))
const servers: Record<string, WebServer> = {}
const port = (name: string) => (servers[name] as WebServer).port
const at = (path: string) => `http://127.0.0.1:${port('ipv4')}${path}`

describe.runIf(isBuilt())('the real curl as a guest', { timeout: limitMs }, () => {
  beforeAll(async () => {
    const authority = await selfSigned(folder, 'authority')
    const good = await signed(folder, 'authority', 'localhost')
    servers['ipv4'] = await WebServer.listen({ host: '127.0.0.1' })
    servers['ipv6'] = await WebServer.listen({ host: '::1' })
    servers['local'] = await WebServer.listen({ path: join(folder, 'socket') })
    servers['tls'] = await WebServer.listen({ host: '127.0.0.1' }, good)
    servers['other host'] = await WebServer.listen(
      { host: '127.0.0.1' },
      await signed(folder, 'authority', 'elsewhere'),
    )
    servers['self-signed'] = await WebServer.listen({ host: '127.0.0.1' }, await selfSigned(folder, 'localhost'))
    servers['expired'] = await WebServer.listen(
      { host: '127.0.0.1' },
      await signed(folder, 'authority', 'localhost', -1),
    )
    writeFileSync(join(folder, 'ca.pem'), authority.cert)
  })
  afterAll(() => {
    for (const server of Object.values(servers)) server.close()
    rmSync(folder, { recursive: true })
  })

  /** What the guest does; what the system's curl does must be the same. */
  async function both(args: readonly string[], input = '') {
    const run = (program: string) => ran(program, ['-q', '-sS', ...args], Readable.from([input]), folder)
    const guest = await run(guestCurl)
    if (nativeCurl !== undefined) {
      const { code, stdout } = await run(nativeCurl)
      expect(guest).toMatchObject({ code, stdout })
    }
    return guest
  }

  const secure = (server: string, host = 'localhost') => [
    '-4',
    '--cacert',
    'ca.pem',
    `https://${host}:${port(server)}/hello`,
  ]

  test.each([
    ['GET', () => [at('/hello')], 'hello\n'],
    ['headers too', () => ['-I', '-o', '/dev/null', '-w', '%{http_code} %{num_connects}', at('/hello')], '200 1'],
    ['a chunked reply', () => [at('/chunked')], 'one two three\n'],
    ['a redirect', () => ['-L', at('/moved')], 'hello\n'],
    ['a redirect that is not followed', () => ['-w', '%{http_code}', at('/moved')], '302'],
    ['POST', () => ['-d', 'data', '-H', 'X-Mine: yes', at('/echo')], 'POST yes data'],
    [
      'a connection that is kept for three',
      () => ['-w', '%{num_connects}\n', at('/hello'), at('/chunked'), at('/hello')],
      'hello\n1\none two three\n0\nhello\n0\n',
    ],
    ['a local socket', () => ['--unix-socket', join(folder, 'socket'), 'http://any/host'], 'any\n'],
    ['IPv6', () => [`http://[::1]:${port('ipv6')}/hello`], 'hello\n'],
    ['a name', () => [`http://localhost:${port('ipv4')}/hello`], 'hello\n'],
    [
      'a name resolved by an option',
      () => ['--resolve', `name.test:${port('ipv4')}:127.0.0.1`, `http://name.test:${port('ipv4')}/hello`],
      'hello\n',
    ],
    ['HTTPS', () => secure('tls'), 'hello\n'],
    [
      'HTTPS without looking at the certificate',
      () => ['-k', `https://127.0.0.1:${port('self-signed')}/hello`],
      'hello\n',
    ],
  ])('%s', async (_, args, stdout) => {
    expect(await both(args())).toEqual({ code: 0, stdout, stderr: '' })
  })

  test.each([
    ['a scheme that there is not', () => ['nonsense://127.0.0.1/'], 1],
    ['a name that there is not', () => ['http://no-such-host.invalid/'], 6],
    ['nobody listening', () => ['http://127.0.0.1:1/'], 7],
    ['a status that says error, with -f', () => ['-f', at('/missing')], 22],
    ['a server that never answers, with -m', () => ['-m', '0.3', at('/never')], 28],
    ['redirects without end', () => ['-L', '--max-redirs', '5', at('/round')], 47],
    ['a certificate for another host', () => secure('other host'), 60],
    ['a certificate that nobody vouches for', () => secure('self-signed'), 60],
    ['a certificate that has expired', () => secure('expired'), 60],
    ['TLS with a server that does not speak it', () => ['-k', `https://127.0.0.1:${port('ipv4')}/`], 35],
    ['a file that cannot be written', () => ['-o', join(folder, 'no/such/folder'), at('/hello')], 23],
  ])('%s', async (_, args, code) => {
    expect((await both(args())).code).toBe(code)
  })

  test('an upload from standard input', async () => {
    const { stdout } = await both(['-T', '-', at('/sum')], longText)
    expect(JSON.parse(stdout).bytes).toBe(longText.length)
  })

  test('a download is resumed where it ended', async () => {
    const file = join(folder, 'resumed')
    writeFileSync(file, longText.slice(0, 12_345))
    expect(await ran(guestCurl, ['-sS', '-C', '-', '-o', file, at('/text')])).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(file, 'utf8')).toBe(longText)
  })

  test('a hundred transfers at a time', async () => {
    const before = (servers['ipv4'] as WebServer).connections
    const options = [
      '-sS',
      '--parallel',
      '--parallel-max',
      '100',
      '--parallel-immediate',
      '-o',
      join(folder, 'part-#1'),
    ]
    const url = `${at('/bytes/')}[100000-100099]`
    expect(await ran(guestCurl, [...options, url])).toMatchObject({ code: 0 })
    for (let bytes = 100_000; bytes < 100_100; bytes++)
      expect(readFileSync(join(folder, `part-${bytes}`)).equals(Buffer.concat([...pieces(bytes)]))).toBe(true)
    expect((servers['ipv4'] as WebServer).connections - before).toBeGreaterThan(50)
  })

  test.each([
    ['HTTP', () => [at(`/bytes/${largeBytes}`)]],
    ['HTTPS', () => ['-4', '--cacert', join(folder, 'ca.pem'), `https://localhost:${port('tls')}/bytes/${largeBytes}`]],
  ])(`${largeBytes} bytes down by %s`, async (_, args) => {
    expect(await summed(guestCurl, ['-sS', ...args()])).toEqual({ code: 0, ...(await sumOf(largeBytes)) })
  })

  test.each([
    ['HTTP', () => [at('/sum')]],
    ['HTTPS', () => ['-4', '--cacert', join(folder, 'ca.pem'), `https://localhost:${port('tls')}/sum`]],
  ])(`${largeBytes} bytes up by %s`, async (_, args) => {
    const { code, stdout } = await ran(guestCurl, ['-sS', '-T', '-', ...args()], Readable.from(pieces(largeBytes)))
    expect({ code, ...JSON.parse(stdout) }).toEqual({ code: 0, ...(await sumOf(largeBytes)) })
  })

  test('nothing is left of a download that could not begin', async () => {
    await both(['-f', '-o', 'never-made', at('/missing')])
    expect(existsSync(join(folder, 'never-made'))).toBe(false)
  })
})
