import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  alone,
  ca,
  closing,
  expired,
  good,
  guestClient,
  guestServer,
  hasOpenssl,
  keyFile,
  setTheScene,
  showing,
  trusting,
} from './support/tls-scene.js'

/* TLS by the host, from both sides: against the client and the server of openssl. */
describe.runIf(hasOpenssl())('TLS by the host', () => {
  setTheScene()

  describe('openssl', () => {
    /** Runs openssl until it ends; its input stays open until `printed` matches. */
    const openssl = (args: readonly string[], printed: RegExp, input = '') => {
      const child = spawn('openssl', args, { stdio: 'pipe' })
      closing.push(() => child.kill())
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (piece) => {
          output += piece
          if (printed.test(output)) child.stdin.end()
        })
      child.stdin.on('error', () => {})
      child.stdin.write(input)
      return { child, output: () => output, ended: once(child, 'close') }
    }

    test('s_client talks to a server', async () => {
      const { port, ended } = await guestServer(['echo'], showing(good))
      const where = ['-connect', `127.0.0.1:${port}`, '-servername', 'localhost', '-verify_hostname', 'localhost']
      const args = ['s_client', ...where, '-CAfile', ca.file, '-verify_return_error', '-quiet', '-no_ign_eof']
      const s_client = openssl(args, /to and fro\n/, 'to and fro\n')
      await s_client.ended
      expect(s_client.output()).toContain('to and fro\n')
      expect((await ended).stdout).toMatch(/starttls: 0\n.*end\n$/s)
    })

    test.each([
      ['good', () => good, ['starttls: 0', 'olleh', 'end']],
      ['expired', () => expired, ['starttls: ECONNABORTED', 'error: certificate has expired']],
      ['self-signed', () => alone, ['starttls: ECONNABORTED', 'error: self-signed certificate']],
    ])('s_server talks to a client: its certificate is %s', async (_, shown, says) => {
      const files = ['-cert', shown().file, '-key', keyFile(shown())]
      const s_server = openssl(['s_server', '-accept', '127.0.0.1:0', ...files, '-rev', '-naccept', '1'], /nothing/)
      const port = await new Promise<string>((resolve) => {
        s_server.child.stdout.on('data', () => {
          const [, found] = /ACCEPT [\d.]+:(\d+)/.exec(s_server.output()) ?? []
          if (found !== undefined) resolve(found)
        })
      })
      const { lines } = await guestClient(Number(port), { host: trusting() })
      expect(lines).toEqual(expect.arrayContaining(says))
    })
  })
})
