import { readFileSync } from 'node:fs'
import net from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errnoOfWasi } from '../src/posix/errno.js'
import { SocketShim } from '../src/socket-shim.js'

/* docs/limitations.md is held against the library. */
const root = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8')
const page = root('docs/limitations.md')

/** Linux's numbers: level and name. */
const options: Record<string, readonly [level: number, name: number]> = {
  SO_DONTROUTE: [1, 5],
  SO_SNDBUF: [1, 7],
  SO_RCVBUF: [1, 8],
  SO_OOBINLINE: [1, 10],
  SO_PRIORITY: [1, 12],
  SO_REUSEPORT: [1, 15],
  SO_PASSCRED: [1, 16],
  SO_RCVLOWAT: [1, 18],
  SO_BINDTODEVICE: [1, 25],
  SO_TIMESTAMP: [1, 29],
  SO_MARK: [1, 36],
  IP_TOS: [0, 1],
  IP_TTL: [0, 2],
  IP_PKTINFO: [0, 8],
  IP_MTU_DISCOVER: [0, 10],
  IP_RECVERR: [0, 11],
  IPV6_UNICAST_HOPS: [41, 16],
  TCP_MAXSEG: [6, 2],
  TCP_CORK: [6, 3],
  TCP_KEEPINTVL: [6, 5],
  TCP_KEEPCNT: [6, 6],
  TCP_DEFER_ACCEPT: [6, 9],
  TCP_INFO: [6, 11],
  TCP_QUICKACK: [6, 12],
  TCP_CONGESTION: [6, 13],
  TCP_USER_TIMEOUT: [6, 18],
  TCP_FASTOPEN: [6, 23],
}
const kinds: Record<string, readonly [domain: number, type: number]> = {
  TCP: [2, 1],
  'TCP over IPv6': [10, 1],
  UDP: [2, 2],
  AF_UNIX: [1, 1],
}
const hasKeepAliveTimes = net.Socket.prototype.setKeepAlive.length >= 4
/** What a row's second cell says of this Node: an errno that holds everywhere, or on Nodes that lack something. */
const conditions: Record<string, boolean> = { '': true, ' on Node 20': !hasKeepAliveTimes }

const section = /## What Node cannot do\n([\s\S]*?)\n## /.exec(page)?.[1] ?? ''
const rows = section
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what ') && !line.startsWith('| ---'))
  .map((line) => line.slice(2, -2).split(' | ') as [what: string, behaviour: string, why: string])
const named = (text: string) => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name as string)

/** One case for each option and each kind of socket that a row names. */
const cases = rows
  .filter(([what, behaviour]) => /`(SO|IP|IPV6|TCP)_\w+`[^(]*\(/.test(what) && behaviour.startsWith('`E'))
  .flatMap(([what, behaviour]) => {
    const [, errno, when] = /^`(E\w+)`(.*)$/.exec(behaviour) as unknown as [string, string, string]
    const [, inParentheses = ''] = /\(([^)]*)\)$/.exec(what) ?? []
    return named(what).flatMap((option) => inParentheses.split(', ').map((kind) => ({ option, kind, errno, when })))
  })

const AT = 64
const CONTROL = { message: 128, vector: 192, data: 224 }
let shim: SocketShim
let view: DataView
const call = (name: string, ...args: number[]) => {
  const result = (shim.imports.posix_sockets[name] as (...args: number[]) => number)(...args)
  return result < 0 ? (errnoOfWasi(-result) ?? String(result)) : result
}
beforeAll(() => {
  shim = new SocketShim({ numbering: 'linux' })
  const memory = new WebAssembly.Memory({ initial: 1 })
  shim.setMemory(memory)
  view = new DataView(memory.buffer)
})
afterAll(() => shim.end())

const setOption = (option: string, kind: string) => {
  const fd = call('socket', ...(kinds[kind] as [number, number]), 0) as number
  view.setInt32(AT, 1, true)
  const result = call('setsockopt', fd, ...(options[option] as [number, number]), AT, 4)
  call('close', fd)
  return result
}
const pair = () => {
  call('socketpair', 1, 1, 0, AT)
  return view.getInt32(AT, true)
}
const sendWithControl = (fd: number) => {
  view.setUint32(CONTROL.vector, CONTROL.data, true)
  view.setUint32(CONTROL.vector + 4, 1, true)
  for (const [index, word] of [0, 0, CONTROL.vector, 1, CONTROL.data, 12, 0].entries())
    view.setInt32(CONTROL.message + index * 4, word, true)
  return call('sendmsg', fd, CONTROL.message, 0)
}

describe('What Node cannot do', () => {
  test('the table is there, and every option in it is known here', () => {
    expect(rows.length).toBeGreaterThan(15)
    expect(cases.length).toBeGreaterThan(40)
    for (const { option, kind, when } of cases) {
      expect(options, option).toHaveProperty(option)
      expect(kinds, kind).toHaveProperty([kind])
      expect(conditions, when).toHaveProperty([when])
    }
  })

  test.each(cases)('$option on $kind is $errno $when', ({ option, kind, errno, when }) => {
    expect(setOption(option, kind)).toBe(conditions[when] ? errno : 0)
  })

  test.each([
    ['`send` with `MSG_OOB`', () => call('send', pair(), AT, 1, 1)],
    ['`send` with `MSG_FASTOPEN` (TCP)', () => call('send', pair(), AT, 1, 0x20000000)],
    ['raw sockets: `SOCK_RAW`', () => call('socket', 2, 3, 1)],
    ['`SOCK_SEQPACKET`', () => call('socket', 1, 5, 0)],
    ['`AF_PACKET`, `AF_NETLINK`, `AF_VSOCK`', () => call('socket', 17, 1, 0)],
    ['`AF_PACKET`, `AF_NETLINK`, `AF_VSOCK`', () => call('socket', 16, 1, 0)],
    ['`AF_PACKET`, `AF_NETLINK`, `AF_VSOCK`', () => call('socket', 40, 1, 0)],
    ['`AF_UNIX` with `SOCK_DGRAM`, except `socketpair`', () => call('socket', 1, 2, 0)],
    ['`sendmsg` with control messages, `SCM_RIGHTS` among them', () => sendWithControl(pair())],
  ])('%s', (what, refused) => {
    const row = rows.find(([each]) => each === what)
    expect(row?.[1]).toBe(`\`${refused()}\``)
  })

  test('a pair of local datagram sockets there is', () => {
    expect(call('socketpair', 1, 2, 0, AT)).toBe(0)
  })
})
