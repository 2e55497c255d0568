import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/* Every program in examples/ runs as it is, and prints what it says. */
const folder = fileURLToPath(new URL('../examples/', import.meta.url))

const lines: Record<string, RegExp> = {
  'attach.mjs': /^the guest sent back: hello through descriptor 3$/m,
  'dialects.mjs': /^WASI preview 1, WASIX: hello\nWASI preview 1, WAMR sockets or replicated server: hello$/m,
  'echo-server.mjs': /^the guest was stopped: enough$/m,
  'extra-imports.mjs': /^another thread: hello from the guest$/m,
  'http-client.mjs': /^you asked for \/hello$/m,
  'own-wasi.mjs': /^hello from the other thread$/m,
  'replay.mjs': /^the replay says the same, without a server$/m,
  'tls.mjs': /^the server was told: hello\nend\nstarttls: ECONNABORTED$/m,
  'trace.mjs': /^connect\(3, \{AF_INET, 127\.0\.0\.1:\d+\}\) = 0 </m,
  'virtual-network.mjs':
    /^a good link: Ada after about 0 s\na bad link: Ada after about \d+ s\nno link: .*ETIMEDOUT after about 127 s$/m,
}

test('every example is run here', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(lines))
})

test.each(Object.entries(lines))('%s', async (name, line) => {
  const { stdout } = await promisify(execFile)(process.execPath, [folder + name], { timeout: 30_000 })
  expect(stdout).toMatch(line)
})
