import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Certificate, selfSigned, signed } from '../support/certificates.js'
import { built, freePort, isBuilt, Program, run } from '../support/programs.js'

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
