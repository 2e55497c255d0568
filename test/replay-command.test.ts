import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CommandRun, command, guestFile } from './support/command.js'
import { withServer } from './support/hello-server.js'

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => path.join(folder, name)

describe('the command', () => {
  test('records, shows and replays', async () => {
    const record = file('command.rec')
    const args = await withServer(async (port) => {
      const args = [guestFile('http_client'), '127.0.0.1', port, '/']
      expect((await command(['--record', record, ...args])).code).toBe(0)
      return args
    })
    const shown = await command(['recording', 'show', record])
    expect(shown.stdout).toMatch(/^connect\(\d+, \{AF_INET, 127\.0\.0\.1:\d+\}\) = 0 </m)
    const { code, stdout, stderr } = await command(['--replay', record, ...args])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/it is \d+/)
    const other = await command(['--replay', record, ...args.slice(0, 3), '/other'])
    expect(other.code).toBe(125)
    expect(other.stderr).toMatch(/^posix-wasm: .* was recorded with the arguments .*\n$/)
  })

  test('killed while it records, it leaves a recording up to there', async () => {
    const record = file('killed.rec')
    const run = new CommandRun(['--record', record, guestFile('wamr_echo_server'), '4', '1'])
    const [, port] = await run.printed(/port (\d+)/)
    const socket = net.connect(Number(port), '127.0.0.1').on('error', () => {})
    socket.write('x')
    await once(socket, 'data') // by now the calls before are in the file
    run.child.kill('SIGKILL')
    await run.finished()
    socket.destroy()
    const { code, stderr } = await command(['--replay', record, guestFile('wamr_echo_server'), '4', '1'])
    expect(code).toBe(125)
    expect(stderr).toMatch(/^posix-wasm: .*killed\.rec .*\n$/)
    const partly = await command(['--cut-off', '--replay', record, guestFile('wamr_echo_server'), '4', '1'])
    expect(partly.stdout).toMatch(/^port \d+$/m)
    expect(partly.code).toBe(125)
    expect((await command(['recording', 'show', record])).stdout).toMatch(/^sock_listen\(/m)
  })

  test('does not write a recording over the module, and says at once where it cannot write', async () => {
    const module = file('module.wasm')
    fs.copyFileSync(guestFile('echo'), module)
    const over = await command(['--record', module, module])
    expect(over.code).toBe(125)
    expect(over.stderr).toMatch(/^posix-wasm: record: .* is the module itself.*\n$/)
    expect(fs.readFileSync(module).equals(fs.readFileSync(guestFile('echo')))).toBe(true)
    const begun = performance.now()
    const nowhere = await command(['--record', file('no/such/folder'), module])
    expect([nowhere.code, nowhere.stderr.split('\n').length]).toEqual([125, 2])
    expect(performance.now() - begun).toBeLessThan(4000) // the helper is not waited for
  })

  test('keeps a recording from others, though the file was there', async () => {
    const record = file('open.rec')
    fs.writeFileSync(record, '')
    fs.chmodSync(record, 0o644)
    expect((await command(['--record', record, guestFile('echo')])).code).toBe(0)
    expect(fs.statSync(record).mode & 0o777).toBe(0o600)
  })

  test('knows which function was called', async () => {
    const record = file('invoked.rec')
    expect((await command(['--record', record, '--invoke', '_start', guestFile('echo')])).code).toBe(0)
    const other = await command(['--replay', record, '--invoke', '_start', guestFile('echo'), '1'])
    expect(other.stderr).toMatch(/was recorded with the option invoke /)
  })

  test('says that it could not write what a replayed guest has written', async () => {
    const record = file('piped.rec')
    expect((await command(['--record', record, guestFile('echo')])).code).toBe(0)
    const run = new CommandRun(['--replay', record, guestFile('echo')])
    run.child.stdout?.destroy() // long before it writes
    const { code, stderr } = await run.finished()
    expect([code, stderr]).toEqual([
      125,
      'posix-wasm: cannot write to standard output what the guest has written: EPIPE\n',
    ])
  })
})
