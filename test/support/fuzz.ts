import { expect } from 'vitest'
import type { Param } from '../../src/abi/call.js'
import type { Dialect } from '../../src/abi/dialect.js'
import { Bridge } from '../../src/bridge/bridge.js'
import { machineBridge, machineWorld } from '../../src/machine.js'
import type { NetworkDriver } from '../../src/network/network.js'
import { SocketShim } from '../../src/socket-shim.js'
import { GuestExit } from '../../src/wasi/exit.js'
import { memoryFiles } from '../../src/wasi/memory-files.js'
import { overlay } from '../../src/wasi/overlay.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { loopbackOnly } from './loopback-only.js'
import { randomFrom } from './random.mjs'

/*
 * The guest's memory, four pages: what a pointer may reach lies in the two halves that are used, and nothing else ever changes.
 *
 *   0      4 KiB      64 KiB   68 KiB       128 KiB     192 KiB              256 KiB
 *   | used | sentinels | used: the structures | sentinels | … | used: 1 KiB |
 */
const PAGE = 65_536
const USED = PAGE
const EDGE = 4 * PAGE - 1024
const sentinels = [
  [4096, PAGE],
  [2 * PAGE, EDGE],
] as const
const DESCRIPTORS = 40

const helped = () => new Bridge(machineBridge(machineWorld(), 'fuzz'))

function fuzzer(seed: number, trace: boolean, given: FuzzTerms['driver'] = helped) {
  const random = randomFrom(seed)
  const pick = <T>(of: readonly T[]): T => of[random() % of.length] as T
  const world = machineWorld()
  const inner = given()
  const { network, open } = loopbackOnly(inner.network, random)
  const driver = { network, attach: inner.attach.bind(inner), close: inner.close.bind(inner) }
  const sockets = new SocketShim({ network: driver, world, descriptors: DESCRIPTORS, ...(trace && { trace() {} }) })
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4 })
  const provider = memoryFiles()
  const stdio = [fromBytes(new Uint8Array(1000)), toFunction(() => {}), toFunction(() => {})] as const
  const wasi = overlay(sockets.guest, { provider, stdio, args: ['fuzz', 'a'], env: { A: 'b' } })
  sockets.setMemory(memory)
  return {
    random,
    pick,
    sockets,
    memory,
    bytes: new Uint8Array(memory.buffer),
    wasi,
    open,
  }
}

/** What the used bytes begin with before each call: addresses, buffers, messages, polled descriptors, texts, small numbers. */
function template(ports: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(4096)
  const data = new DataView(bytes.buffer)
  for (let at = 0; at < 4096; at += 4) data.setUint32(at, (at >> 2) % 7, true)
  for (let index = 0; index < 8; index++) {
    const port = ports[index % Math.max(1, ports.length)] ?? 0
    bytes.set([2, 0, port >> 8, port & 0xff, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], index * 64)
    bytes.set([10, 0, port >> 8, port & 0xff, 0, 0, 0, 0, ...new Array(15).fill(0), 1, 0, 0, 0, 0], index * 64 + 32)
  }
  bytes.set([2, 0, 0, 80, 93, 184, 215, 14], 512) // not on the loopback
  bytes.set([1, 0, 0, 102, 117, 122, 122], 544) // an abstract local name
  for (let index = 0; index < 8; index++)
    data.setUint32(576 + index * 4, [USED + 2048, 5, USED + 2100, 300][index % 4] ?? 0, true)
  const message = [USED + 64, 16, USED + 576, 2, 0, 0, 0]
  for (const [index, value] of message.entries()) data.setUint32(640 + index * 4, value, true)
  for (let index = 0; index < 16; index++) data.setUint32(704 + index * 8, index, true)
  for (let index = 0; index < 16; index++) data.setUint16(708 + index * 8, index % 8, true)
  bytes.set(Buffer.from('localhost\0'), 960)
  bytes.set(Buffer.from('65535\0'), 1240)
  data.setUint32(1308, 1, true)
  for (const at of [1300, 1304, 1312]) data.setUint32(at, 0, true)
  for (const at of [3980, 3990]) data.setUint32(at, 128, true)
  bytes.set(Buffer.from('file/../a\0'), 992)
  for (let index = 0; index < 4; index++) data.setUint8(1024 + 8 + index * 48, index % 3) // subscriptions
  return bytes
}

const pointers = [0, 64, 32, 96, 512, 544, 576, 576, 640, 704, 960, 992, 1024, 2048, 3000, 4095]
const outside = [-1, -4, -0x80000000, 0x7fffffff, 4 * PAGE, 4 * PAGE - 1, 0x10000000, -4 * PAGE]
const numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 16, 17, 20, 28, 41, 64, 110, 128, 300]
const odd = [-1, -2, 0x7fffffff, -0x80000000, 0x10000000, 89_478_486, 13_421_773, 0x20000000, 0x803, 0x40]
/** What ioctl takes. As addresses they lie among the sentinels. */
const requests = [0x5421, 0x541b]
const descriptors = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 39, 40, 41, 5000]
const bigints = [0n, 1n, 8n, 1000n, 5_000_000n, -1n, 2n ** 63n - 1n, -(2n ** 63n)]

/** What is likely to be meant, by the letters below. */
const likely: Record<string, readonly number[]> = {
  a: [0, 32, 64, 96, 128, 512, 544].map((at) => USED + at), // an address
  A: [16, 28, 16, 7], // its length
  r: [USED + 3990, USED + 3980], // room for a length, which the template makes small
  v: [USED + 576], // buffers
  V: [1, 2, 3],
  m: [USED + 640], // a message
  s: [USED + 960, USED + 992], // a text
  L: [4, 6, 9],
  S: [USED + 1240], // a service
  h: [USED + 1300, 0], // hints
  d: [1, 2, 2, 10],
  t: [1, 2, 0x801, 0x802],
  z: [0, 0, 6, 17],
  l: [0, 1, 6, 41],
  o: [1, 2, 3, 4, 5, 6, 9, 13, 20, 21, 26, 30, 32, 34, 35, 38, 39, 66],
  g: [0, 0, 0x40, 0x2, 0x42, 0x20],
  q: [USED + 1024, USED + 704], // subscriptions, polled descriptors
  w: [0, 1, 2],
}

/** The parameters of each call: f a descriptor, p a pointer, n a number, b a bigint, and the letters above. */
const wasiShapes: Readonly<Record<string, string>> = shapes(`
  args_get pp  args_sizes_get pp  environ_get pp  environ_sizes_get pp  clock_res_get wp  clock_time_get wbp
  random_get pn  sched_yield _  proc_raise n  proc_exit n
  fd_advise fbbn  fd_allocate fbb  fd_close f  fd_datasync f  fd_fdstat_get fp  fd_fdstat_set_flags fn
  fd_fdstat_set_rights fbb  fd_filestat_get fp  fd_filestat_set_size fb  fd_filestat_set_times fbbn  fd_pread fvVbp
  fd_prestat_dir_name fpn  fd_prestat_get fp  fd_pwrite fvVbp  fd_read fvVp  fd_readdir fpnbp  fd_renumber ff
  fd_seek fbwp  fd_sync f  fd_tell fp  fd_write fvVp  path_create_directory fsL  path_filestat_get fnsLp
  path_filestat_set_times fnsLbbn  path_link fnsLfsL  path_open fnsLnbbnp  path_readlink fsLpnp
  path_remove_directory fsL  path_rename fsLfsL  path_symlink sLfsL  path_unlink_file fsL  poll_oneoff qpVp
  sock_accept fnp  sock_recv fvVwpp  sock_send fvVwp  sock_shutdown fw`)
const socketShapes = shapes(`
  socket dtz  connect faA  bind faA  listen fw  accept far  accept4 farz  send fpng  recv fpng  sendto fpngaA
  recvfrom fpngar  sendmsg fmg  recvmsg fmg  shutdown fw  close f  getsockname far  getpeername far
  getsockopt flopr  setsockopt flopA  socketpair dtzp  poll qVw  dup f  dup2 ff  dup3 ffn  pipe pn  fcntl fwn  ioctl fnp  gethostname pn
  last_error _  strerror npn  getaddrinfo sShpn  getnameinfo aApnpnn  if_nametoindex s  if_indextoname np
  eventfd nn  timerfd_create wn  timerfd_settime fnpp  timerfd_gettime fp  getifaddrs pn
  descriptor_limit n  epoll_create1 n  epoll_ctl fwfp  epoll_wait fpVw  starttls fsn  tls_info fnpn  tls_error fpn`)

function shapes(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(/(\w+) (\w+)/g)].map(([, name = '', shape = '']) => [name, shape.replace('_', '')])
  return Object.fromEntries(pairs)
}

/** The same for the other dialects of a module, told by the names and types of their parameters, but for what is preview 1's. */
function shapesOf(all: readonly Dialect[], module: string): [name: string, shape: string][] {
  const calls = all
    .filter((dialect) => dialect.module === module && dialect.name !== 'WASI preview 1')
    .flatMap((dialect) => Object.entries(dialect.calls))
  return calls.map(([name, { params, arity }]) => {
    const known = wasiShapes[name]
    return [name, known?.length === arity ? known : params.map(shapeOf).join('')]
  })
}

function shapeOf({ names, type }: Param<unknown>): string {
  return names.map((name) => (type === 'i64' ? 'b' : (letters[name] ?? 'x'))).join('')
}

const letters: Record<string, string> = { fd: 'f', epfd: 'f', iovs: 'v', count: 'V', how: 'w', family: 'w', type: 'w' }

type Called = (...args: (number | bigint)[]) => number

/** Tables of functions that a guest imports, by the names that tests give them. */
export const fuzzedTables = {
  posix_sockets: socketShapes,
  wasi_snapshot_preview1: wasiShapes,
  /** All but preview 1's own, told by the names and types of their parameters. */
  'wasi_snapshot_preview1, other dialects': undefined,
  wasix_32v1: undefined,
} as const

export interface FuzzTerms {
  readonly count: number
  readonly seed: number
  readonly trace?: boolean
  /** Where the sockets are. Default: this machine's network by way of a helper. */
  readonly driver?: () => NetworkDriver
}

/** Calls the functions of a table at random, with a guest's memory that is mostly sentinels, and throws where one breaks a promise. */
export async function fuzzCalls(which: keyof typeof fuzzedTables, { count, seed, trace = false, driver }: FuzzTerms) {
  const known = fuzzedTables[which]
  const { random, pick, sockets, bytes, wasi, open } = fuzzer(seed, trace, driver)
  const own = sockets.imports.posix_sockets as Record<string, Called>
  const module = /^\w+/.exec(which)?.[0] as keyof typeof wasi.modules
  const imports = (which.startsWith('posix') ? own : wasi.modules[module]) as Record<string, Called>
  const shapes = known === undefined ? shapesOf(wasi.dialects, module) : Object.entries(known)
  if (which.startsWith('posix')) expect(Object.keys(imports).sort()).toEqual(shapes.map(([name]) => name).sort())
  for (const [from, to] of sentinels) bytes.fill(0xee, from, to)
  const untouched = Buffer.from(bytes)
  const view = new DataView(bytes.buffer)
  let structures = template([])

  /** Opens a listener, a connection to it and a datagram socket, by calls that are right. */
  function furnish(): void {
    bytes.set(template([]), USED)
    const portOf = (fd: number) => {
      view.setUint32(USED + 3996, 16, true)
      return own['getsockname']?.(fd, USED + 4000, USED + 3996) === 0 ? view.getUint16(USED + 4002) : 0
    }
    const made = [own['socket']?.(2, 1, 0) ?? -1, own['socket']?.(2, 2, 0) ?? -1]
    for (const fd of made) own['bind']?.(fd, USED, 16)
    own['listen']?.(made[0] ?? -1, 5)
    structures = template(made.map(portOf).filter((port) => port > 0))
    bytes.set(structures, USED)
    const client = own['socket']?.(2, 0x801, 0) ?? -1
    own['connect']?.(client, USED, 16)
    own['socketpair']?.(1, 1, 0, USED + 3000)
    own['pipe']?.(USED + 3000, 0x800)
    const epoll = own['epoll_create1']?.(0) ?? -1
    for (const fd of [...made, client]) own['epoll_ctl']?.(epoll, 1, fd, USED + 704)
  }

  function argument(kind: string): number | bigint {
    const chance = random() % 20
    if (kind === 'b') return pick(bigints)
    if (kind === 'f') {
      if (chance === 0) return pick([...descriptors, random() | 0])
      return pick([...sockets.table])?.[0] ?? 3
    }
    if (kind === 'x' && chance > 10) return pick(numbers)
    const meant = likely[kind]
    if (meant !== undefined && chance > 2) return pick(meant)
    if (meant !== undefined ? (meant[0] ?? 0) < USED : kind === 'n')
      return chance % 8 === 0 ? pick(kind === 'n' ? [...odd, ...requests] : odd) : pick(numbers)
    if (chance < 2) return pick(outside)
    if (chance === 2) return EDGE + (random() % 1024)
    return USED + pick(pointers)
  }

  /** The guest's files are left open to the last, and descriptors far away are not for renumbering. */
  function spare(name: string, args: (number | bigint)[], isLate: boolean): void {
    if (name.startsWith('path_') && name !== 'path_symlink' && random() % 2 === 0) args[0] = 3
    if (name === 'fd_fdstat_set_rights' && !isLate && args[0] === 3) args[0] = 4
    // Where the guest itself gives room for events among the sentinels, they may well be written.
    const eventsEnd = Number(args[1]) + Number(args[2]) * 32
    if (name === 'poll_oneoff' && eventsEnd > 2 * PAGE && eventsEnd <= 4 * PAGE) args[2] = 8
    if (name === 'fd_renumber' || name === 'dup2' || name === 'dup3') args[1] = 4 + (random() % (DESCRIPTORS - 5))
    const ends = name === 'close' || name === 'fd_close' || name === 'fd_renumber'
    if (ends && !isLate && Number(args[0]) < 4) args[0] = 4
  }

  for (let done = 0; done < count; done++) {
    if (done % 500 === 0) furnish()
    if (done % 500 === 400) for (let fd = 12; fd < DESCRIPTORS; fd++) own['close']?.(fd)
    const [name, shape] = pick(shapes)
    const args = [...shape].map(argument)
    spare(name, args, done > 0.9 * count)
    bytes.set(structures, USED)
    bytes.fill(0, USED + structures.length, 2 * PAGE)
    bytes.fill(0, 0, 4096)
    bytes.fill(0, EDGE)
    const told = `call ${done}: ${name}(${args.join(', ')})`
    let result: number
    try {
      result = imports[name]?.(...args) as number
    } catch (error) {
      if (/exit/.test(name) && error instanceof GuestExit) continue
      throw new Error(`${told} threw`, { cause: error })
    }
    const inRange = which.startsWith('posix') ? result >= -76 && result <= 0x7fffffff : result >= 0 && result <= 87
    if (!Number.isInteger(result) || !inRange) throw new Error(`${told} answered ${result}`)
    for (const [from, to] of sentinels)
      if (!untouched.subarray(from, to).equals(bytes.subarray(from, to))) throw new Error(`${told} wrote outside`)
  }

  for (let fd = -1; fd <= DESCRIPTORS; fd++) own['close']?.(fd)
  expect([...sockets.table]).toEqual([])
  expect([...open]).toEqual([])
  await sockets.end(1000)
}
