import { WasmFs } from '@wasmer/wasmfs'
import { beforeEach, describe, expect, test } from 'vitest'
import { linkSockets } from '../../src/abi/link.js'
import { AGAIN, type Input, type Output } from '../../src/network/network.js'
import { type Errno, wasiNumber } from '../../src/posix/errno.js'
import { openSocket } from '../../src/posix-sockets/open-socket.js'
import { Sockets } from '../../src/posix-sockets/sockets.js'
import { memoryFiles } from '../../src/wasi/memory-files.js'
import { overlay } from '../../src/wasi/overlay.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'
import { outside, sentinelMemory } from '../support/guest-memory.js'
import { ascii, u32, u64 } from '../support/pokes.js'

const [OUT, PATH, BUFFER] = [128, 256, 512]
const [ROOT, SOCKET] = [3, 4]
const READ = 1n << 1n
const SEEK = (1n << 2n) | (1n << 5n)

/** A guest with `/` in memory as descriptor 3, where /data/file, /data/sub and a link to it are, and a connection as 4. */
function filesGuest(
  env: Record<string, string> = {},
  send = (input: Input<'send'>): Output<'send'> => input.data.length,
) {
  const sent: number[][] = []
  const { network } = fakeNetwork({
    wait: () => [],
    send: (input) => {
      const answer = send(input)
      if (answer !== AGAIN) sent.push([...input.data.subarray(0, answer)])
      return answer
    },
  })
  const sockets = new Sockets({ network, world: fakeWorld(), descriptors: 16 })
  const { guest, setMemory } = linkSockets(sockets)
  const fs = new WasmFs()
  fs.fs.mkdirSync('/data/sub', { recursive: true })
  fs.fs.writeFileSync('/data/file', 'abcdefghij')
  fs.fs.symlinkSync('/data/sub', '/data/link')
  const stdio = [fromBytes(new Uint8Array(0)), toFunction(() => {}), toFunction(() => {})] as const
  guest.isWasix = true
  const { modules } = overlay(guest, { provider: memoryFiles(fs), stdio, args: ['guest'], env })
  const place = sentinelMemory()
  setMemory(place.raw)
  sockets.table.add(Object.assign(openSocket(104, 'inet', 'stream'), { state: 'connected', nonBlocking: true }))
  const call = (name: string, ...args: (number | bigint)[]) =>
    (modules.wasix_32v1[name] as (...args: (number | bigint)[]) => number)(...args)
  const text = (value: string) => {
    place.put(PATH, ...ascii(value))
    return [PATH, value.length] as const
  }
  const open = (path: string, { fdflagsext = 0, rights = READ | SEEK, result = OUT } = {}) =>
    call('path_open2', ROOT, 1, ...text(path), 0, rights, 0n, 0, fdflagsext, result)
  return { ...place, sockets, call, text, open, sent }
}
type FilesGuest = ReturnType<typeof filesGuest>

const number = (errno: Errno) => wasiNumber(errno)

let guest: FilesGuest
beforeEach(() => {
  guest = filesGuest()
})

describe('path_open2', () => {
  test('opens a file', () => {
    expect(guest.open('data/file')).toBe(0)
    expect(guest.at(OUT, 4)).toEqual(u32(5))
    expect(guest.sockets.table.closesOnExec(5)).toBe(false)
  })

  test('opens one that closes on exec', () => {
    expect(guest.open('data/file', { fdflagsext: 1 })).toBe(0)
    expect(guest.sockets.table.closesOnExec(5)).toBe(true)
  })

  test.each(['/data/file', '//data/file', '/data/../data/file'])(
    'takes %s from the root as it stands, as the libc leaves it',
    (path) => {
      expect(guest.open(path)).toBe(0)
    },
  )

  test('takes no absolute path from another directory, and none that leads out', () => {
    expect(guest.open('data')).toBe(0)
    const rest = [0, READ, 0n, 0, 0, OUT] as const
    expect(guest.call('path_open2', 5, 1, ...guest.text('/data/file'), ...rest)).toBe(number('ENOTCAPABLE'))
    expect(guest.open('/../data/file')).toBe(number('ENOTCAPABLE'))
  })

  test.each([
    ['a file that is not there', 'data/none', {}, 'ENOENT'],
    ['a flag that there is not', 'data/file', { fdflagsext: 2 }, 'EINVAL'],
    ...outside(4).map(([where, result]) => [`a result ${where}`, 'data/file', { result }, 'EFAULT'] as const),
  ] as const)('%s', (_, path, more, errno) => {
    expect(guest.open(path, more)).toBe(number(errno))
    expect(guest.sockets.table.has(5)).toBe(false)
    expect(guest.isUntouchedBut(PATH, path.length)).toBe(true)
  })

  test('knows a closed descriptor, and what is no directory', () => {
    const rest = [...guest.text('x'), 0, READ, 0n, 0, 0, OUT] as const
    expect(guest.call('path_open2', 9, 0, ...rest)).toBe(number('EBADF'))
    expect(guest.call('path_open2', SOCKET, 0, ...rest)).toBe(number('ENOTDIR'))
  })
})

/** What getcwd answers in a buffer of so many bytes. */
function cwd(of: FilesGuest, room = 64): string | number {
  of.put(OUT, ...u32(room))
  const errno = of.call('getcwd', BUFFER, OUT)
  if (errno !== 0) return errno
  const [length = 0] = of.at(OUT, 1)
  expect(of.at(BUFFER + length, 2)).toEqual([0, 0xee])
  return Buffer.from(of.at(BUFFER, length)).toString()
}

describe('the working directory', () => {
  test.each([
    ['is / at the start', {}, '/'],
    ['is $PWD where that is a directory', { PWD: '/data/sub' }, '/data/sub'],
    ['is without links', { PWD: '/data/link/' }, '/data/sub'],
    ['is / where $PWD is none', { PWD: '/home/somebody' }, '/'],
    ['is / where $PWD is a file', { PWD: '/data/file' }, '/'],
    ['is / where $PWD is not absolute', { PWD: 'data' }, '/'],
  ])('%s', (_, env, expected) => {
    expect(cwd(filesGuest(env))).toBe(expected)
  })

  test.each([
    ['/data', '/data'],
    ['data', '/data'],
    ['data/sub/', '/data/sub'],
    ['data/link', '/data/sub'],
    ['data/../data/./sub', '/data/sub'],
    ['..', '/'],
    ['.', '/'],
  ])('changes to %s', (path, expected) => {
    expect(guest.call('chdir', ...guest.text(path))).toBe(0)
    guest.put(PATH, ...new Array<number>(path.length).fill(0xee))
    expect(cwd(guest)).toBe(expected)
  })

  test('changes from where it was', () => {
    for (const path of ['data/sub', '..', './sub', '../..', 'data'])
      expect(guest.call('chdir', ...guest.text(path))).toBe(0)
    expect(cwd(guest)).toBe('/data')
  })

  test.each([
    ['data/none', 'ENOENT'],
    ['data/file', 'ENOTDIR'],
    ['data/file/x', 'ENOTDIR'],
    ['', 'ENOENT'],
    ['a'.repeat(4097), 'ENAMETOOLONG'],
  ] as const)('does not change to %s', (path, errno) => {
    expect(guest.call('chdir', ...guest.text(path))).toBe(number(errno))
    expect(cwd(filesGuest())).toBe('/')
  })

  test.each(outside(2))('refuses a path %s', (_, pointer) => {
    expect(guest.call('chdir', pointer, 2)).toBe(number('EFAULT'))
  })

  test('tells how much room it needs with its NUL', () => {
    guest.call('chdir', ...guest.text('data'))
    expect(cwd(guest, 5)).toBe(number('ERANGE'))
    expect(guest.at(OUT, 4)).toEqual(u32(6))
    expect(guest.at(BUFFER, 1)).toEqual([0xee])
    expect(cwd(guest, 6)).toBe('/data')
    expect(guest.at(OUT, 4)).toEqual(u32(5))
    guest.put(OUT, ...u32(64))
    expect(guest.call('getcwd', 0, OUT)).toBe(number('ERANGE'))
    expect(guest.at(OUT, 4)).toEqual(u32(6))
  })

  test.each(outside(4))('refuses a length %s', (_, pointer) => {
    expect(guest.call('getcwd', BUFFER, pointer)).toBe(number('EFAULT'))
    expect(guest.isUntouchedBut(0, 0)).toBe(true)
  })

  test.each(outside(2))('refuses a buffer %s', (_, pointer) => {
    guest.put(OUT, ...u32(64))
    expect(guest.call('getcwd', pointer, OUT)).toBe(number('EFAULT'))
    expect(guest.at(OUT, 4)).toEqual(u32(64))
  })
})

describe('sock_send_file', () => {
  /** Sends a part of the file, and says where the file stands then. */
  function sendFile(of: FilesGuest, offset: bigint, count: bigint) {
    expect(of.open('data/file')).toBe(0)
    const errno = of.call('sock_send_file', SOCKET, 5, offset, count, OUT)
    of.call('fd_tell', 5, BUFFER)
    return { errno, answer: of.at(OUT, 8), stands: of.at(BUFFER, 8) }
  }

  test.each([
    ['all of it', 0n, 10n, 'abcdefghij', 10n],
    ['a part', 2n, 3n, 'cde', 5n],
    ['what is left', 8n, 1n << 40n, 'ij', 10n],
    ['nothing past its end', 20n, 5n, '', 20n],
    ['nothing', 4n, 0n, '', 4n],
  ])('sends %s', (_, offset, count, data, stands) => {
    const found = sendFile(guest, offset, count)
    expect(found).toEqual({ errno: 0, answer: u64(BigInt(data.length)), stands: u64(stands) })
    expect(guest.sent.flat()).toEqual(ascii(data))
  })

  test('tells how much the socket has taken', () => {
    let room = 4
    const full = filesGuest({}, () => {
      const answer = room === 0 ? AGAIN : room
      room = 0
      return answer
    })
    expect(sendFile(full, 0n, 10n)).toEqual({ errno: 0, answer: u64(4n), stands: u64(4n) })
  })

  test('tells that it has taken nothing, and leaves the file where it stood', () => {
    const full = filesGuest({}, () => AGAIN)
    const { errno, stands } = sendFile(full, 2n, 3n)
    expect([errno, stands]).toEqual([number('EAGAIN'), u64(0n)])
  })

  test.each([
    ['a closed socket', [9, 5, 0n, 1n], 'EBADF'],
    ['what is no socket', [5, 5, 0n, 1n], 'ENOTSOCK'],
    ['a closed file', [SOCKET, 9, 0n, 1n], 'EBADF'],
    ['a directory', [SOCKET, ROOT, 0n, 1n], 'EISDIR'],
    ['what is no file', [SOCKET, SOCKET, 0n, 1n], 'EINVAL'],
    ['a negative offset', [SOCKET, 5, -1n, 1n], 'EINVAL'],
    ['a negative count', [SOCKET, 5, 0n, -1n], 'EINVAL'],
  ] as const)('refuses %s', (_, args, errno) => {
    guest.open('data/file')
    expect(guest.call('sock_send_file', ...args, OUT)).toBe(number(errno))
    expect(guest.sent).toEqual([])
  })

  test.each(outside(8))('refuses a result %s', (_, pointer) => {
    guest.open('data/file')
    expect(guest.call('sock_send_file', SOCKET, 5, 0n, 10n, pointer)).toBe(number('EFAULT'))
    expect(guest.sent).toEqual([])
  })
})

test('a file that cannot be read is not sent', () => {
  guest.open('data/file', { rights: 1n << 6n })
  expect(guest.call('sock_send_file', SOCKET, 5, 0n, 1n, OUT)).toBe(number('EBADF'))
})
