import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWithSockets } from '../src/index.js'
import { describeModes } from './support/modes.js'
import { attemptsGuest } from './support/rule-attacks.js'

/*
 * A listener whose queue is full: Linux says EAGAIN to a connect that does not block, and lets one that blocks wait, as long as
 * SO_SNDTIMEO says. The listener is a process that is stopped.
 */
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'full-'))
const program = path.join(folder, 'attempts')
beforeAll(() => promisify(execFile)('gcc', ['-o', program, 'test/attack/guests/attempts.c']))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const serve = `const net = require('node:net')
net.createServer((socket) => socket.on('error', () => {}).end('hello')).listen({ path: process.argv[1], backlog: 1 }, () => console.log('ready'))`

/** A server that accepts nothing until it goes on: two connections fill its queue. */
async function stoppedServer(name: string) {
  const place = path.join(folder, name)
  const server = spawn(process.execPath, ['-e', serve, place], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(server.stdout, 'data')
  server.kill('SIGSTOP')
  return { place, goOn: () => server.kill('SIGCONT'), end: () => server.kill('SIGKILL') }
}

/** The second attempt waits for as long as it takes. */
const attemptsAt = (place: string) => [
  `unix; nonblock; dial ${place}; unix; nonblock; dial ${place}; unix; nonblock; dial ${place}; dial ${place}; unix; dial ${place}; dial ${place}/; listen`,
  `unix; patience 0; dial ${place}; recv; peer`,
]
const outcome = (place: string) => [
  'ok ok ok ok ok ok ok ok EAGAIN EAGAIN ok EAGAIN ENOTDIR EINVAL',
  `ok ok ok hello unix:${place}`,
  '',
]

test('natively', async () => {
  const { place, goOn, end } = await stoppedServer('server')
  const guest = spawn(program, attemptsAt(place), { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  guest.stdout.on('data', (bytes) => {
    if (output === '') goOn()
    output += bytes
  })
  await once(guest, 'close')
  end()
  expect(output.split('\n')).toEqual(outcome(place))
})

describeModes('a full listener', (mode) => {
  test('is EAGAIN to those who do not wait, and makes the others wait', async () => {
    const { place, goOn, end } = await stoppedServer(mode)
    let output = ''
    await runWithSockets(await attemptsGuest(), {
      ...{ mode, args: attemptsAt(place), stderr: 'inherit', timeoutMs: 50_000 },
      stdout(bytes) {
        if (output === '') goOn()
        output += Buffer.from(bytes)
      },
    })
    end()
    expect(output.split('\n')).toEqual(outcome(place))
  })
})
