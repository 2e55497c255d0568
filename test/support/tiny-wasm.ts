/* An assembler for guests of a few instructions. */

/** An imported function: its module, its name, how many i32 it takes, and whether it answers one. */
export type Import = readonly [module: string, name: string, parameters: number, answers?: boolean]

const I32 = 0x7f

/** A number in LEB128, signed as `i32.const` has it, which serves for the small unsigned ones too. */
function leb(value: number): number[] {
  const bytes: number[] = []
  for (let rest = value | 0; ; rest >>= 7) {
    const low = rest & 0x7f
    const isLast = (rest >> 7 === 0 && (low & 0x40) === 0) || (rest >> 7 === -1 && (low & 0x40) !== 0)
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}

/** The same for lengths and indices, which have no sign. */
function uleb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]
}

const text = (of: string) => [...uleb(of.length), ...Buffer.from(of)]
const list = (items: readonly (readonly number[])[]) => [...uleb(items.length), ...items.flat()]
const section = (id: number, content: readonly number[]) => [id, ...uleb(content.length), ...content]

export const i32 = (value: number) => [0x41, ...leb(value)]
export const drop = [0x1a]
export const get = (local: number) => [0x20, ...uleb(local)]
export const set = (local: number) => [0x21, ...uleb(local)]
export const tee = (local: number) => [0x22, ...uleb(local)]
export const endless = [0x03, 0x40, 0x0c, 0, 0x0b]
/** Repeats `body` until it leaves 0. */
export const whileTrue = (...body: readonly number[][]) => [0x03, 0x40, ...body.flat(), 0x0d, 0, 0x0b]
export const unreachable = [0x00]

/** A module of one function, `_start`, with four i32 locals, a page of memory and bytes at addresses in it. */
export function tinyGuest(
  imports: readonly Import[],
  body: (call: (name: string, ...args: readonly number[][]) => number[]) => readonly number[][],
  data: Readonly<Record<number, readonly number[]>> = {},
): Uint8Array<ArrayBuffer> {
  const call = (name: string, ...args: readonly number[][]) => {
    const index = imports.findIndex(([, each]) => each === name)
    if (index < 0) throw new Error(`${name} is not imported`)
    return [...args.flat(), 0x10, ...uleb(index)]
  }
  const type = (parameters: number, answers: boolean) => [
    0x60,
    ...list(new Array<number[]>(parameters).fill([I32])),
    ...list(answers ? [[I32]] : []),
  ]
  const code = [...list([[4, I32]]), ...body(call).flat(), 0x0b]
  return Uint8Array.from([
    ...Buffer.from('\0asm'),
    ...[1, 0, 0, 0],
    ...section(1, list([...imports.map(([, , count, answers = true]) => type(count, answers)), type(0, false)])),
    ...section(2, list(imports.map(([module, name], index) => [...text(module), ...text(name), 0, ...uleb(index)]))),
    ...section(3, list([uleb(imports.length)])),
    ...section(5, list([[0, 1]])),
    ...section(
      7,
      list([
        [...text('memory'), 2, 0],
        [...text('_start'), 0, ...uleb(imports.length)],
      ]),
    ),
    ...section(10, list([[...uleb(code.length), ...code]])),
    ...section(
      11,
      list(Object.entries(data).map(([at, bytes]) => [0, ...i32(Number(at)), 0x0b, ...list(bytes.map((b) => [b]))])),
    ),
  ])
}

const sockets = 'posix_sockets'
const preview1 = 'wasi_snapshot_preview1'
const exit: Import = [preview1, 'proc_exit', 1, false]
const SOCKET: Import[] = [
  [sockets, 'socket', 3],
  [sockets, 'bind', 3],
  [sockets, 'listen', 2],
]
const address = (port: number) => [2, 0, port >> 8, port & 0xff, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
const u32 = (...values: number[]) => [...new Uint8Array(Uint32Array.from(values).buffer)]

/** Opens a socket, closes nothing, exits with the code. */
export const opener = (code: number) =>
  tinyGuest(
    [...SOCKET, exit],
    (call) => [
      call('socket', i32(2), i32(1), i32(0)),
      set(0),
      call('bind', get(0), i32(64), i32(16)),
      drop,
      call('listen', get(0), i32(1)),
      drop,
      call('socket', i32(2), i32(2), i32(0)),
      drop,
      call('proc_exit', i32(code)),
    ],
    { 64: address(0) },
  )

/** Writes an `a` to standard output, and then runs for ever. */
export const spinner = () =>
  tinyGuest(
    [[preview1, 'fd_write', 4]],
    (call) => [call('fd_write', i32(1), i32(64), i32(1), i32(80)), drop, endless],
    { 64: u32(96, 1), 96: [97] },
  )

/** Listens at the port, writes an `a` to standard output, and exits with what accept answers, negated. */
export const acceptor = (port: number) =>
  tinyGuest(
    [...SOCKET, [sockets, 'accept', 3], [preview1, 'fd_write', 4], exit],
    (call) => [
      call('socket', i32(2), i32(1), i32(0)),
      set(0),
      call('bind', get(0), i32(64), i32(16)),
      drop,
      call('listen', get(0), i32(1)),
      drop,
      call('fd_write', i32(1), i32(96), i32(1), i32(112)),
      drop,
      i32(0),
      call('accept', get(0), i32(0), i32(0)),
      [0x6b],
      set(1),
      call('proc_exit', get(1)),
    ],
    { 64: address(port), 96: u32(128, 1), 128: [97] },
  )

/** Sends back what it receives on a descriptor until that ends; the exit code is what the last recv answered. */
export const echo = (fd: number) =>
  tinyGuest([[sockets, 'recv', 4], [sockets, 'send', 4], exit], (call) => [
    whileTrue(
      call('recv', i32(fd), i32(1024), i32(4096), i32(0)),
      tee(0),
      [0x04, 0x40],
      call('send', i32(fd), i32(1024), get(0), i32(0)),
      drop,
      [0x0b],
      get(0),
    ),
    call('proc_exit', get(0)),
  ])

/** Copies standard input to standard output until it ends, and then writes `end` to standard error. */
export const copier = () =>
  tinyGuest(
    [
      [preview1, 'fd_read', 4],
      [preview1, 'fd_write', 4],
    ],
    (call) => [
      whileTrue(
        call('fd_read', i32(0), i32(64), i32(1), i32(76)),
        drop,
        call('fd_write', i32(1), i32(72), i32(1), i32(84)),
        drop,
        [...i32(76), 0x28, 2, 0],
      ),
      call('fd_write', i32(2), i32(88), i32(1), i32(84)),
      drop,
    ],
    // An iovec to read with; one to write with, whose length is where fd_read puts its count; and one of three bytes.
    { 64: u32(1024, 4096, 1024, 0), 88: u32(112, 3), 112: [...Buffer.from('end')] },
  )

const load = (address: number) => [...i32(address), 0x28, 2, 0]

/** Sends back what it receives on the descriptor in local 0, knowing nothing but preview 1, until that ends. */
const echoByPreview1 = (call: (name: string, ...args: readonly number[][]) => number[]) =>
  whileTrue(
    call('sock_recv', get(0), i32(64), i32(1), i32(0), i32(76), i32(80)),
    drop,
    call('sock_send', get(0), i32(72), i32(1), i32(0), i32(84)),
    drop,
    load(76),
  )

const preview1Sockets: Import[] = [
  [preview1, 'sock_accept', 3],
  [preview1, 'sock_recv', 6],
  [preview1, 'sock_send', 5],
  [preview1, 'fd_fdstat_get', 2],
  [preview1, 'fd_write', 4],
  [preview1, 'fd_read', 4],
  [preview1, 'poll_oneoff', 4],
  [preview1, 'environ_get', 2],
  [preview1, 'environ_sizes_get', 2],
  exit,
]
/** An iovec to receive with; one to send with, whose length is where sock_recv puts its count; one for the environment. */
const preview1Data = { 64: u32(1024, 4096, 1024, 0), 700: u32(2048, 0), 256: [...new Array(8).fill(0), 1] }
const tellEnvironment = (call: (name: string, ...args: readonly number[][]) => number[]) => [
  call('environ_sizes_get', i32(696), i32(704)),
  drop,
  call('environ_get', i32(500), i32(2048)),
  drop,
  call('fd_write', i32(1), i32(700), i32(1), i32(708)),
  drop,
]

/**
 * Knows preview 1 only: writes its environment to standard output, waits for a connection at descriptor `fd`, accepts it and sends
 * back what comes. The exit code is the file type of the descriptor.
 */
export const preview1Server = (fd: number) =>
  tinyGuest(
    preview1Sockets,
    (call) => [
      ...tellEnvironment(call),
      call('poll_oneoff', i32(256), i32(320), i32(1), i32(400)),
      drop,
      call('sock_accept', i32(fd), i32(0), i32(404)),
      drop,
      load(404),
      set(0),
      echoByPreview1(call),
      call('fd_fdstat_get', i32(fd), i32(200)),
      drop,
      [...i32(200), 0x2d, 0, 0],
      set(1),
      call('proc_exit', get(1)),
    ],
    { ...preview1Data, 272: u32(fd) },
  )

/** The same for a connection at descriptor `fd`, by fd_read and fd_write. */
export const preview1Client = (fd: number) =>
  tinyGuest(
    preview1Sockets,
    (call) => [
      ...tellEnvironment(call),
      whileTrue(
        call('fd_read', i32(fd), i32(64), i32(1), i32(76)),
        drop,
        call('fd_write', i32(fd), i32(72), i32(1), i32(84)),
        drop,
        load(76),
      ),
      call('fd_fdstat_get', i32(fd), i32(200)),
      drop,
      [...i32(200), 0x2d, 0, 0],
      set(1),
      call('proc_exit', get(1)),
    ],
    preview1Data,
  )
