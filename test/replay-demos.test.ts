import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { formatCall, instantiateWithSockets, recordingLines } from '../src/index.js'
import { CommandRun, command, type Finished, guestFile } from './support/command.js'
import { listeningPorts } from './support/resources.js'

const TIMES = 100

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A recorded demo: how it was started, and what came of it. */
interface Recorded {
  readonly guest: string
  readonly args: readonly string[]
  readonly record: string
  readonly finished: Finished
}

/** Records a demo by the command, with a trace. `meet` is its peer. */
async function recorded(guest: string, args: readonly string[], meet?: (run: CommandRun) => Promise<void>) {
  const record = path.join(folder, `${guest}.rec`)
  const run = new CommandRun(['--record', record, '--trace', guestFile(guest), ...args])
  run.child.stdin?.end()
  const finished = run.finished()
  await meet?.(run)
  return { guest, args, record, finished: await finished }
}

/** The same, of one that fetches from a web server which is gone afterwards. */
async function recordedClient(guest: string, argsFor: (port: number) => string[]): Promise<Recorded> {
  const server = http.createServer((request, response) => {
    if (request.url === '/moved') response.writeHead(302, { location: '/' }).end()
    else response.end(`answered at ${process.hrtime.bigint()}\n`)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    return await recorded(guest, argsFor((server.address() as AddressInfo).port))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}

async function greet(run: CommandRun): Promise<void> {
  const [, port] = await run.printed(/listening on .*:(\d+)\n/)
  const client = net.connect(Number(port), '127.0.0.1', () => client.end('Hello, echo!\n'))
  expect(String((await once(client, 'data'))[0])).toBe('Hello, echo!\n')
}

const demos: [name: string, record: () => Promise<Recorded>][] = [
  ['c/http_client.c', () => recordedClient('http_client', (port) => ['127.0.0.1', String(port), '/'])],
  ['c/echo_server.c', () => recorded('echo_server', ['--host', '127.0.0.1', '0'], greet)],
  [
    "libcurl-wasm's curl_demo",
    () => recordedClient('curl_demo', (port) => ['-L', '-i', `http://127.0.0.1:${port}/moved`]),
  ],
]

/** Lines of a trace without the times. */
const untimed = (lines: string) =>
  lines
    .trim()
    .replace(/ <[^>]*>$/gm, '')
    .split('\n')
const threads = () => fs.readdirSync('/proc/self/task').length

/** Replays a demo in this thread. Answers what it wrote, its trace, and how long it ran. `look` is called whenever it has done something. */
async function replayedHere({ guest, args, record }: Recorded, look = () => {}) {
  const trace: string[] = []
  let stdout = ''
  const { start } = await instantiateWithSockets(guestFile(guest), {
    args,
    replay: record,
    stdout: (bytes) => {
      stdout += Buffer.from(bytes).toString()
      look()
    },
    trace: (event) => {
      look()
      trace.push(formatCall(event))
    },
  })
  const begun = performance.now()
  const code = await start()
  return { code, stdout, trace, tookMs: performance.now() - begun }
}

/** What the recorded operations took together. */
function recordedMs(file: string): number {
  const times = [...recordingLines(file, { of: 'operations' })].map((line) => / <([\d.]+)>$/.exec(line)?.[1] ?? 0)
  return times.reduce<number>((sum, time) => sum + Number(time) * 1000, 0)
}

describe.each(demos)('%s', (_, record) => {
  let demo: Recorded
  beforeAll(async () => {
    demo = await record()
    expect(demo.finished.code).toBe(0)
    expect(demo.finished.stdout).toMatch(/answered at \d+|listening on/)
  })

  test(`is replayed ${TIMES} times with the same output and trace, in less time than it waited`, async () => {
    const { stdout, stderr } = demo.finished
    const tookMs: number[] = []
    for (let time = 0; time < TIMES; time++) {
      const replayed = await replayedHere(demo)
      expect([replayed.code, replayed.stdout, untimed(replayed.trace.join('\n'))]).toEqual([0, stdout, untimed(stderr)])
      tookMs.push(replayed.tookMs)
    }
    expect(tookMs.sort((one, other) => one - other)[TIMES / 2]).toBeLessThan(recordedMs(demo.record))
  })

  test('is replayed without a network and without a thread', async () => {
    const refuse = () => {
      throw new Error('a replay has no business with the network')
    }
    const spies = [
      vi.spyOn(net.Socket.prototype, 'connect').mockImplementation(refuse),
      vi.spyOn(net.Server.prototype, 'listen').mockImplementation(refuse),
    ]
    await replayedHere(demo) // the threads of Node's own are there now
    const before = threads()
    let most = 0
    const ports = new Set<number>()
    await replayedHere(demo, () => {
      most = Math.max(most, threads())
      for (const port of listeningPorts()) ports.add(port)
    })
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled()
      spy.mockRestore()
    }
    expect(most).toBe(before)
    const [, port] = /listening on .*:(\d+)/.exec(demo.finished.stdout) ?? []
    expect(ports).not.toContain(Number(port))
  })

  test('is replayed by the command', async () => {
    const { guest, args, record, finished } = demo
    for (let time = 0; time < 3; time++) {
      const { code, stdout, stderr } = await command(['--replay', record, '--trace', guestFile(guest), ...args])
      expect([code, stdout, untimed(stderr)]).toEqual([0, finished.stdout, untimed(finished.stderr)])
    }
  })

  test('is refused with another module, another argument, or a byte flipped', async () => {
    const { guest, args, record } = demo
    const refused = async (file: string, name: string, given: readonly string[]) => {
      const { code, stdout, stderr } = await command(['--replay', file, guestFile(name), ...given])
      expect([code, stdout]).toEqual([125, ''])
      return stderr
    }
    expect(await refused(record, 'udp', args)).toMatch(
      /^posix-wasm: .* was recorded with another module: sha-256 .*\n$/,
    )
    expect(await refused(record, guest, [...args, 'x'])).toMatch(
      /^posix-wasm: .* was recorded with the arguments .*\n$/,
    )
    const bytes = fs.readFileSync(record)
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
    fs.writeFileSync(`${record}.flipped`, bytes)
    expect(await refused(`${record}.flipped`, guest, args)).toMatch(/^posix-wasm: .* is damaged at call \d+: .*\n$/)
  })
})
