import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeAttacksOutside } from '../../support/attack.js'
import { isRoot, OTHER_USER, sayIfNotRoot } from '../../support/users.js'
import { buildWhileServing, cli, scenes, serversOf, socketName, soundCache, stopServers } from './scene.js'

/* The compiler server reads and writes all files of its user: no other user may ask it, or answer in its place. */
sayIfNotRoot('other users at the compiler server')
const canBeOther = isRoot && isReachable(process.execPath)
if (isRoot && !canBeOther)
  console.log('skipped: another user at the compiler server, since that user cannot run this Node')

const preprocess = (cache: string, env: Record<string, string> = {}) =>
  buildWhileServing(['cc', '-E', '-P', '-x', 'c', '/dev/null'], {
    env: { POSIX_WASM_CACHE: cache, POSIX_WASM_COMPILER_SERVER: '1', ...env },
  })
const works = { code: 0, stdout: expect.stringMatching(/^\n?$/), stderr: '' }

describeAttacksOutside('compiler', () => {
  const sceneOf = scenes()
  let name = ''
  let cache = ''
  beforeAll(async () => {
    name = await socketName(fresh())
    stopServers(cache)
  })
  afterEach(() => stopServers(cache))
  const fresh = () => {
    cache = soundCache(path.join(sceneOf(), 'c'))
    return cache
  }

  describe('in place of the server’s socket', () => {
    test.each<[string, (socket: string) => void]>([
      ['a file', (socket) => fs.writeFileSync(socket, 'PLANTED')],
      ['a link to nothing', (socket) => fs.symlinkSync('nowhere', socket)],
      ['a link to a file', (socket) => fs.symlinkSync(cli, socket)],
      ['a link to a device', (socket) => fs.symlinkSync('/dev/null', socket)],
      ['a FIFO', (socket) => void spawnSync('mkfifo', [socket])],
      ['a folder', (socket) => fs.mkdirSync(path.join(socket, 'full'), { recursive: true })],
    ])('%s', async (_, plant) => {
      const socket = path.join(fresh(), name)
      const before = fs.readFileSync(cli)
      plant(socket)
      expect(await preprocess(cache)).toEqual(works)
      expect(fs.readFileSync(cli)).toEqual(before)
    })

    const answers: [string, string][] = [
      ['closes at once', ''],
      ['answers no JSON', 'PLANTED'],
      ['answers null', 'null'],
      ['answers a list', '[]'],
      ['answers a result without a code', '{"stdout":"PLANTED","stderr":""}'],
      ['answers a result of other types', '{"code":"0","stdout":1,"stderr":{}}'],
      ['answers half of a result', '{"code":0,"stdout":"PLAN'],
    ]
    test.each(answers)('a server that %s', async (_, answer) => {
      const server = net.createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('error', () => {})
        socket.resume().on('end', () => socket.end(answer))
      })
      server.listen(path.join(fresh(), name))
      await once(server, 'listening')
      expect(await preprocess(cache)).toEqual(works)
      server.close()
    })
  })

  describe('in place of the lock of a server that starts', () => {
    const old = new Date(Date.now() - 60_000)
    test.each<[string, (lock: string) => void]>([
      ['the number of a process that has ended', (lock) => fs.writeFileSync(lock, '999999999')],
      ['an old one of a process that lives', (lock) => fs.writeFileSync(lock, String(process.pid))],
      ['an old one with no number', (lock) => fs.writeFileSync(lock, 'PLANTED')],
      ['an old one with the number of all processes', (lock) => fs.writeFileSync(lock, '-1')],
      ['an old folder', (lock) => fs.mkdirSync(path.join(lock, 'full'), { recursive: true })],
      ['one from the future', (lock) => fs.writeFileSync(lock, String(process.pid))],
    ])('%s', async (named, plant) => {
      const lock = path.join(fresh(), `${name}.starting`)
      plant(lock)
      if (named.includes('old')) fs.utimesSync(lock, old, old)
      if (named.includes('future')) fs.utimesSync(lock, new Date(Date.now() + 1e9), new Date(Date.now() + 1e9))
      expect(await preprocess(cache)).toEqual(works)
      expect(serversOf(cache)).toHaveLength(1)
      expect(fs.existsSync(lock)).toBe(false)
    })
  })

  describe('another user', () => {
    test('has no right to connect, whatever the umask of the first call and the mode of the folder', async () => {
      fs.chmodSync(fresh(), 0o755)
      const umask = process.umask(0)
      try {
        expect(await preprocess(cache)).toEqual(works)
      } finally {
        process.umask(umask)
      }
      expect(fs.statSync(path.join(cache, name)).mode & 0o077).toBe(0)
    })

    test.skipIf(!canBeOther)('cannot connect', async () => {
      fs.chmodSync(fresh(), 0o755)
      for (let folder = cache; folder !== '/tmp' && folder !== '/'; folder = path.dirname(folder))
        fs.chmodSync(folder, 0o755)
      await preprocess(cache)
      const code = `process.setegid(${OTHER_USER}); process.seteuid(${OTHER_USER})
require('net').connect(process.argv[1]).on('error', ({ code }) => console.log(code)).on('connect', () => { console.log('connected'); process.exit() })`
      const { stdout } = spawnSync(process.execPath, ['-e', code, path.join(cache, name)], { encoding: 'utf8' })
      expect(stdout).toBe('EACCES\n')
    })
  })

  test('what the compiler makes has the modes of the caller’s umask, not of the server’s socket', async () => {
    fresh()
    await preprocess(cache)
    const scene = path.dirname(cache)
    fs.writeFileSync(path.join(scene, 'a.c'), 'int a;\n')
    const env = { POSIX_WASM_CACHE: cache, POSIX_WASM_COMPILER_SERVER: '1' }
    expect(await buildWhileServing(['cc', '-c', 'a.c'], { cwd: scene, env })).toMatchObject({ code: 0, stderr: '' })
    expect(fs.statSync(path.join(scene, 'a.o')).mode & 0o666).toBe(0o666 & ~process.umask())
  })
})

function isReachable(file: string): boolean {
  if (file === '/') return true
  return (fs.statSync(file).mode & 0o001) !== 0 && isReachable(path.dirname(file))
}
