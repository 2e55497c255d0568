import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instantiateWithSockets, OptionError, runWithSockets, startWithSockets } from '../src/host.js'
import { CommandRun, command } from './support/command.js'
import { preview1Client, preview1Server } from './support/tiny-wasm.js'
import { compileFrom } from './support/wasi-programs.js'

/** `__WASI_FILETYPE_SOCKET_STREAM`, which the guests exit with. */
const SOCKET_STREAM = 6

let folder = ''
const file = (name: string) => path.join(folder, name)
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  writeFileSync(file('server.wasm'), preview1Server(3))
  writeFileSync(file('client.wasm'), preview1Client(3))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Sends a text to a server, and answers what came back until its end. */
async function echoed(to: net.NetConnectOpts, question: string): Promise<string> {
  const socket = net.connect(to)
  socket.end(question)
  return await text(socket)
}

/** A server of the test's, which answers its first connection with the same. */
function echoServer(question: string): Promise<{ address: string; answer: Promise<string> }> {
  return new Promise((resolve) => {
    const server = net.createServer()
    const answer = new Promise<string>((answered) =>
      server.once('connection', (socket) => {
        socket.end(question)
        server.close()
        text(socket).then(answered)
      }),
    )
    server.listen(0, '127.0.0.1', () =>
      resolve({ address: `127.0.0.1:${(server.address() as AddressInfo).port}`, answer }),
    )
  })
}

/** Runs a guest in its thread, and resolves when it has written its environment. */
async function started(module: Uint8Array, options: Parameters<typeof startWithSockets>[1]) {
  let environment = ''
  let hasWritten = () => {}
  const written = new Promise<void>((resolve) => {
    hasWritten = resolve
  })
  const stdout = (bytes: Uint8Array) => {
    environment += new TextDecoder().decode(bytes)
    hasWritten()
  }
  const guest = await startWithSockets(module, { ...options, stdout, timeoutMs: 20_000 })
  await Promise.race([written, guest.exitCode])
  return { guest, environment: () => environment }
}

describe('a guest that knows only preview 1', () => {
  test('serves at a socket it is given', async () => {
    const port = await getPort()
    const { guest, environment } = await started(preview1Server(3), { listen: [`127.0.0.1:${port}`], env: { A: 'b' } })
    expect(await echoed({ host: '127.0.0.1', port }, 'hello')).toBe('hello')
    expect(await guest.exitCode).toBe(SOCKET_STREAM)
    expect(environment()).toBe('A=b\0LISTEN_FDS=1\0')
  })

  test('serves at a local socket', async () => {
    const { guest } = await started(preview1Server(3), { listen: [`unix:${file('socket')}`] })
    expect(await echoed({ path: file('socket') }, 'hello')).toBe('hello')
    expect(await guest.exitCode).toBe(SOCKET_STREAM)
  })

  test('leaves no file of a local socket behind', async () => {
    const options = { listen: [`unix:${file('left')}`] }
    const { guest } = await started(preview1Server(3), options)
    expect(existsSync(file('left'))).toBe(true)
    guest.stop()
    await expect(guest.exitCode).rejects.toThrow('the guest was stopped')
    expect(existsSync(file('left'))).toBe(false)
    const here = await instantiateWithSockets(preview1Server(3), options)
    expect(existsSync(file('left'))).toBe(true)
    await here.close()
    expect(existsSync(file('left'))).toBe(false)
  })

  test('takes the place of a file that a killed server has left', async () => {
    const listen = [`unix:${file('stale')}`]
    const server = `require('net').createServer().listen(${JSON.stringify(file('stale'))}, () => process.kill(process.pid, 'SIGKILL'))`
    expect(spawnSync(process.execPath, ['-e', server]).signal).toBe('SIGKILL')
    expect(existsSync(file('stale'))).toBe(true)
    const { guest } = await started(preview1Server(3), { listen })
    expect(await echoed({ path: file('stale') }, 'hello')).toBe('hello')
    expect(await guest.exitCode).toBe(SOCKET_STREAM)
  })

  test('takes the place of no server that listens, and of no other file', async () => {
    const server = net.createServer((socket) => socket.end('here'))
    await new Promise<void>((resolve) => server.listen(file('live'), resolve))
    await expect(runWithSockets(preview1Server(3), { listen: [`unix:${file('live')}`] })).rejects.toThrow('EADDRINUSE')
    expect(await echoed({ path: file('live') }, '')).toBe('here')
    server.close()
    writeFileSync(file('plain'), 'not a socket')
    await expect(runWithSockets(preview1Server(3), { listen: [`unix:${file('plain')}`] })).rejects.toThrow('EADDRINUSE')
    expect(readFileSync(file('plain'), 'utf8')).toBe('not a socket')
  })

  test('finds it before its directories', async () => {
    const port = await getPort()
    const options = { listen: [`127.0.0.1:${port}`], dirs: { '/data': folder } }
    const { guest } = await started(preview1Server(3), options)
    expect(await echoed({ host: '127.0.0.1', port }, 'hello')).toBe('hello')
    expect(await guest.exitCode).toBe(SOCKET_STREAM)
  })

  test('talks over a connection it is given', async () => {
    const { address, answer } = await echoServer('hello')
    const { guest, environment } = await started(preview1Client(3), { connect: [address] })
    expect([await answer, await guest.exitCode, environment()]).toEqual(['hello', SOCKET_STREAM, 'LISTEN_FDS=1\0'])
  })

  test('gets those that listen first, and then those that are connected', async () => {
    const [one, two] = [await getPort(), await getPort()]
    const { address, answer } = await echoServer('hello')
    const options = { listen: [`localhost:${one}`, `[::1]:${two}`], connect: [address] }
    const talking = await started(preview1Client(5), options)
    expect([await answer, talking.environment()]).toEqual(['hello', 'LISTEN_FDS=3\0'])
    await talking.guest.exitCode
    const serving = await started(preview1Server(4), { listen: options.listen })
    expect(await echoed({ host: '::1', port: two }, 'six')).toBe('six')
    expect(await serving.guest.exitCode).toBe(SOCKET_STREAM)
  })

  test('is told of nothing when it is given nothing', async () => {
    const { guest, environment } = await started(preview1Client(0), { stdin: '' })
    await guest.exitCode
    expect(environment()).toBe('')
  })

  test('on the calling thread has them too', async () => {
    const port = await getPort()
    const guest = await instantiateWithSockets(preview1Server(3), { listen: [`127.0.0.1:${port}`] })
    expect(guest.sockets.getsockname(3)).toEqual({ family: 'inet', host: '127.0.0.1', port })
    await guest.close()
  })
})

describe('the command', () => {
  test('hands a listener to a program of Linux as descriptor 3, before its directories', async () => {
    const program = (await compileFrom('test/libc', ['given_listener']))['given_listener'] as string
    writeFileSync(file('file'), 'content')
    const port = await getPort()
    const given = ['--listen', `127.0.0.1:${port}`, '--dir', `${folder}::/data`, '--descriptors', '64']
    const run = new CommandRun([...given, program])
    await run.printed(/ready/)
    expect(await echoed({ host: '127.0.0.1', port }, '')).toBe('content, directory 1, 64 descriptors')
    expect(await run.finished()).toMatchObject({ code: 0, stderr: '' })
  })

  test('hands over what --listen says', async () => {
    const port = await getPort()
    const run = new CommandRun(['--listen', `127.0.0.1:${port}`, file('server.wasm')])
    await run.printed(/LISTEN_FDS=1/)
    expect(await echoed({ host: '127.0.0.1', port }, 'hello')).toBe('hello')
    expect((await run.finished()).code).toBe(SOCKET_STREAM)
  })

  test('hands over what --connect says', async () => {
    const { address, answer } = await echoServer('hello')
    const { code } = await command(['--connect', address, file('client.wasm')])
    expect([await answer, code]).toEqual(['hello', SOCKET_STREAM])
  })

  test('says that an address is in use, in one line', async () => {
    const server = net.createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
    const { code, stderr } = await command(['--listen', address, file('server.wasm')])
    expect([code, stderr]).toEqual([
      125,
      `posix-wasm: cannot listen at ${address}: Address already in use (EADDRINUSE)\n`,
    ])
    server.close()
  })

  test('says that nobody is there to connect to, in one line', async () => {
    const address = `127.0.0.1:${await getPort()}`
    const { code, stderr } = await command(['--connect', address, file('client.wasm')])
    expect([code, stderr]).toEqual([
      125,
      `posix-wasm: cannot connect to ${address}: Connection refused (ECONNREFUSED)\n`,
    ])
  })

  test('says that an address is none, in one line', async () => {
    const { code, stderr } = await command(['--listen', '8080', file('server.wasm')])
    expect([code, stderr]).toEqual([125, 'posix-wasm: listen takes HOST:PORT, [IPV6]:PORT or unix:PATH, not "8080"\n'])
  })
})

describe('an address that is none', () => {
  test.each([
    '',
    '80',
    'host',
    'host:',
    ':80',
    'host:http',
    'host:65536',
    '::1:80',
    '[::1]',
    '[host]:80',
    'unix:',
    'a:b:80',
    '-1:-1',
  ])('%j is refused before anything is started', async (address) => {
    await expect(runWithSockets(preview1Server(3), { listen: [address] })).rejects.toThrow(OptionError)
    await expect(instantiateWithSockets(preview1Server(3), { connect: [address] })).rejects.toThrow(OptionError)
  })

  test('no peer can be reached at port 0', async () => {
    await expect(runWithSockets(preview1Client(3), { connect: ['127.0.0.1:0'] })).rejects.toThrow(
      /no peer can be reached/,
    )
  })
})
