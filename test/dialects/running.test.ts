import dgram from 'node:dgram'
import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import getPort from 'get-port'
import { afterEach, describe, expect, test } from 'vitest'
import { CommandRun, type Finished, guestFile } from '../support/command.js'

/*
 * The same guests in every dialect, run by the command with no flag that names a dialect. What a dialect cannot say its guests do not
 * tell: the names of sockets, or whom a connection is from.
 */
interface Speaker {
  readonly dialect: string
  /** Has no way to open a socket: the host hands it one. */
  readonly isGiven?: true
  /** Can ask for the address of a socket, and of its peer. */
  readonly namesSockets: boolean
  /** Is told who connects. */
  readonly namesClients?: true
  readonly families: readonly ('4' | '6')[]
  /** Has datagrams with addresses. */
  readonly hasDatagrams: boolean
  readonly resolves: boolean
  /** What a closed descriptor answers. */
  readonly closed?: string
  /** What its options are after they have been set. */
  readonly options: readonly string[]
}

const both = ['4', '6'] as const
const timeouts = ['receive timeout: 1500', 'send timeout: 2500']
const waited = 'after a while: Resource temporarily unavailable'
const speakers: Speaker[] = [
  {
    dialect: 'preview1',
    isGiven: true,
    namesSockets: false,
    families: both,
    hasDatagrams: false,
    resolves: false,
    options: [],
  },
  {
    dialect: 'wasmedge1',
    namesSockets: true,
    namesClients: true,
    families: both,
    hasDatagrams: false, // it is told the address of whom a datagram is from, but not the port
    resolves: true,
    options: [
      'reuse address: 1',
      'keep alive: 1',
      'broadcast: 1',
      'no delay: 1',
      ...timeouts,
      'linger: 7',
      'type: 0',
      'type: 1',
      'error: 0',
      waited,
    ],
  },
  {
    dialect: 'wasmedge2',
    namesSockets: true,
    namesClients: true,
    families: both,
    hasDatagrams: true,
    resolves: true,
    options: [
      'reuse address: 1',
      'keep alive: 1',
      'broadcast: 1',
      'no delay: 1',
      ...timeouts,
      'linger: 7',
      'type: 0',
      'type: 1',
      'error: 0',
      waited,
    ],
  },
  {
    dialect: 'wamr',
    namesSockets: true,
    namesClients: true,
    families: both,
    hasDatagrams: true,
    resolves: true,
    options: ['reuse address: 1', 'keep alive: 1', 'broadcast: 1', 'no delay: 1', ...timeouts, 'linger: 7', waited],
  },
  {
    dialect: 'wasix',
    namesSockets: true,
    namesClients: true,
    families: both,
    hasDatagrams: true,
    resolves: true,
    options: [
      'reuse address: 1',
      'keep alive: 1',
      'broadcast: 1',
      'no delay: 1',
      ...timeouts,
      'linger: 7',
      'type: 0',
      'type: 1',
      'error: 0',
      waited,
    ],
  },
  {
    dialect: 'replicated',
    namesSockets: false,
    families: ['4'],
    hasDatagrams: false,
    resolves: false,
    closed: 'Invalid argument',
    options: [],
  },
]

const hosts = { 4: '127.0.0.1', 6: '::1' } as const
const shown = { 4: '127.0.0.1', 6: '0:0:0:0:0:0:0:1' } as const
const bracketed = { 4: '127.0.0.1', 6: '[::1]' } as const

const running: CommandRun[] = []
afterEach(() => {
  for (const { child } of running.splice(0)) child.kill('SIGKILL')
})

function start(flags: readonly string[], guest: string, ...args: string[]): CommandRun {
  const run = new CommandRun(['--timeout', '30', ...flags, guestFile(guest), ...args])
  running.push(run)
  return run
}

/** Starts a guest that serves, and finds out where. */
async function serving(speaker: Speaker, program: string, family: '4' | '6', ...args: string[]) {
  const { dialect, isGiven, namesSockets } = speaker
  if (isGiven) {
    const port = await getPort()
    const run = start(['--listen', `${bracketed[family]}:${port}`], `${dialect}_${program}`, ...args)
    await run.printed(/ready/)
    return { run, port }
  }
  const run = start([], `${dialect}_${program}`, ...args)
  if (namesSockets) return { run, port: Number((await run.printed(/port (\d+)/))[1]) }
  return { run, port: Number((await run.warned(/listens at 0\.0\.0\.0:(\d+)/))[1]) }
}

/** Runs a guest that connects to a server of the test's, which answers each connection by a function. */
async function withServer(
  speaker: Speaker,
  program: string,
  family: '4' | '6',
  answer: (socket: net.Socket) => unknown,
) {
  const { dialect, isGiven } = speaker
  const server = net.createServer({ allowHalfOpen: true }, answer)
  await once(server.listen(0, hosts[family]), 'listening')
  const port = String((server.address() as AddressInfo).port)
  const args = program === 'client' ? [family, port] : [port]
  const run = start(isGiven ? ['--connect', `${bracketed[family]}:${port}`] : [], `${dialect}_${program}`, ...args)
  try {
    return await run.finished()
  } finally {
    server.close()
  }
}

/** What comes on a connection until its end; unlike `text`, it does not close it. */
async function heard(socket: net.Socket): Promise<string> {
  let all = ''
  socket.setEncoding('utf8').on('data', (piece) => {
    all += piece
  })
  await once(socket, 'end')
  return all
}

const linesOf = ({ stdout }: Finished) => stdout.split('\n').slice(0, -1)
const well = { code: 0 }

describe.each(speakers.map((speaker) => [speaker.dialect, speaker] as const))('%s', (dialect, speaker) => {
  const { namesSockets, namesClients, families, closed = 'Bad file descriptor' } = speaker

  test.each(families)('an echo server, IPv%s', async (family) => {
    const { run, port } = await serving(speaker, 'echo_server', family, family, '2')
    const question = 'all work and no play '.repeat(10_000)
    for (let count = 0; count < 2; count++) {
      const socket = net.connect(port, hosts[family])
      socket.end(question)
      expect(await text(socket)).toBe(question)
    }
    const end = await run.finished()
    expect(end).toMatchObject(well)
    expect(linesOf(end)).toEqual([
      namesSockets ? `port ${port}` : 'ready',
      ...(namesClients ? [`from ${shown[family]}`, `from ${shown[family]}`] : []),
      `recv on a closed descriptor: ${closed}`,
    ])
  })

  test.each(families)('a client, IPv%s', async (family) => {
    const end = await withServer(speaker, 'client', family, async (socket) =>
      socket.end(`heard ${await heard(socket)}`),
    )
    expect(end).toMatchObject(well)
    expect(linesOf(end)).toEqual([
      ...(namesSockets ? [`peer ${shown[family]}, as asked`, `local ${shown[family]}, bound`] : []),
      'heard hello from a guest',
      '25 bytes',
    ])
  })

  if (!speaker.isGiven)
    test('a client that is refused', async () => {
      const end = await start([], `${dialect}_refused`, String(await getPort())).finished()
      expect([end.code, end.stdout]).toEqual([0, 'Connection refused\n'])
    })

  test.each(speaker.hasDatagrams ? families : [])('datagrams both ways, IPv%s', async (family) => {
    const run = start([], `${dialect}_udp`, family)
    const port = Number((await run.printed(/port (\d+)/))[1])
    const socket = dgram.createSocket(family === '4' ? 'udp4' : 'udp6')
    for (const question of ['one', 'and another', '']) {
      const answer = once(socket, 'message')
      socket.send(question, port, hosts[family])
      expect(String((await answer)[0])).toBe(question)
    }
    socket.close()
    const end = await run.finished()
    expect(end).toMatchObject(well)
    expect(linesOf(end).slice(1)).toEqual([
      `from ${shown[family]} one`,
      `from ${shown[family]} and another`,
      `from ${shown[family]} `,
      'to myself, from where it was sent',
      'too long',
    ])
  })

  test.each(speaker.isGiven ? [] : families)('datagrams with one peer, IPv%s', async (family) => {
    const peer = dgram.createSocket(family === '4' ? 'udp4' : 'udp6')
    peer.on('message', (message, from) => peer.send(`heard ${message}`, from.port, from.address))
    peer.bind(0, hosts[family])
    await once(peer, 'listening')
    const end = await start([], `${dialect}_udp_connected`, family, String(peer.address().port)).finished()
    peer.close()
    expect(end).toMatchObject(well)
    expect(linesOf(end)).toEqual(['heard one', 'heard two', 'hear'])
  })

  if (speaker.resolves)
    test('names', async () => {
      const named = linesOf(await start([], `${dialect}_names`, 'localhost').finished())
      expect(named).toContain('found 127.0.0.1, and the port')
      const six = linesOf(await start([], `${dialect}_names`, '::1').finished())
      expect(six).toContain('found 0:0:0:0:0:0:0:1, and the port')
      const none = linesOf(await start([], `${dialect}_names`, 'no-such-name.invalid').finished())
      expect(none).toEqual([expect.stringMatching(/^IPv4: ./), expect.stringMatching(/^IPv6: ./)])
    })

  if (speaker.options.length > 0)
    test('options', async () => {
      const end = await start([], `${dialect}_options`).finished()
      expect(end).toMatchObject(well)
      expect(linesOf(end)).toEqual(speaker.options)
    })

  test('waiting without blocking', async () => {
    const { run, port } = await serving(speaker, 'waiting', '4')
    await run.printed(/port|ready/) // only now may a connection come
    const socket = net.connect(port, '127.0.0.1')
    await once(socket, 'data') // the guest has seen that nothing is there, and says go
    socket.end('gone')
    const end = await run.finished()
    expect(end).toMatchObject(well)
    expect(linesOf(end)).toEqual([
      'accept: Resource temporarily unavailable',
      'poll: 0',
      namesSockets ? `port ${port}` : 'ready',
      'poll: 1',
      'recv: Resource temporarily unavailable',
      'poll: 0',
      'poll: 2',
      'poll: 1',
      'recv: gone',
      'recv: 0',
    ])
  })

  test('half-close', async () => {
    const end = await withServer(speaker, 'half_close', '4', async (socket) => {
      expect(await heard(socket)).toBe('the end')
      socket.end('not yet')
    })
    expect(end).toMatchObject(well)
    expect(linesOf(end)).toEqual(['send: Broken pipe', 'recv: not yet', 'recv: 0', 'shutdown: Socket not connected'])
  })
})

test('a replicated server listens where the host says', async () => {
  const port = await getPort()
  const run = start(['--listen', `127.0.0.1:${port}`], 'replicated_echo_server', '4', '1')
  await run.printed(/ready/)
  const socket = net.connect(port, '127.0.0.1')
  socket.end('hello')
  expect(await text(socket)).toBe('hello')
  expect(await run.finished()).toMatchObject({ code: 0, stderr: '' })
})
