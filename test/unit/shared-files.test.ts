import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SocketShim } from '../../src/socket-shim.js'
import { hostFiles } from '../../src/wasi/host-files.js'
import { memoryFiles } from '../../src/wasi/memory-files.js'
import { overlay } from '../../src/wasi/overlay.js'
import type { WasiProvider } from '../../src/wasi/provider.js'
import { fromBytes, toFunction } from '../../src/wasi/stdio.js'
import { fakeNetwork, fakeWorld } from '../support/fake-network.js'

const [NAME, IOVEC, DATA, RESULT] = [64, 128, 256, 512]
const NAME_OF_FILE = 'letters'
const FD_READ = 1n << 1n
const FD_WRITE = 1n << 6n
const FD_SEEK = 1n << 2n
const CREATE = 1

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const newFolder = () => mkdtempSync(path.join(folder, 'root-'))

const providers: [string, () => WasiProvider][] = [
  ['files in memory', () => memoryFiles()],
  ['directories of the host', () => hostFiles({ '/': newFolder() })],
  ['directories of the host by their names', () => hostFiles({ '/': newFolder() }, { byDescriptor: false })],
]

type Called = (...args: (number | bigint)[]) => number

async function guest(provider: WasiProvider) {
  const shim = new SocketShim({ network: fakeNetwork({}).network, world: fakeWorld() })
  let output = ''
  const stdout = toFunction((bytes) => {
    output += Buffer.from(bytes)
  })
  const stdio = [fromBytes(new Uint8Array(0)), stdout, toFunction(() => {})] as const
  const { modules } = overlay(shim.guest, { provider, stdio, args: [], env: {} })
  const wasi = modules.wasi_snapshot_preview1 as Record<string, Called>
  const memory = new WebAssembly.Memory({ initial: 1 })
  shim.setMemory(memory)
  const bytes = new Uint8Array(memory.buffer)
  const view = new DataView(memory.buffer)
  const ok = (errno: number | undefined) => expect(errno).toBe(0)
  const iovec = (length: number) => {
    view.setUint32(IOVEC, DATA, true)
    view.setUint32(IOVEC + 4, length, true)
  }
  return {
    own: shim.imports.posix_sockets as Record<string, Called>,
    wasi,
    output: () => output,
    open() {
      bytes.set(Buffer.from(NAME_OF_FILE), NAME)
      const rights = FD_READ | FD_WRITE | FD_SEEK
      ok(wasi['path_open']?.(3, 0, NAME, NAME_OF_FILE.length, CREATE, rights, rights, 0, RESULT))
      return view.getUint32(RESULT, true)
    },
    write(fd: number, text: string) {
      bytes.set(Buffer.from(text), DATA)
      iovec(text.length)
      return wasi['fd_write']?.(fd, IOVEC, 1, RESULT)
    },
    read(fd: number, length: number) {
      iovec(length)
      ok(wasi['fd_read']?.(fd, IOVEC, 1, RESULT))
      return Buffer.from(bytes.subarray(DATA, DATA + view.getUint32(RESULT, true))).toString()
    },
    rewind: (fd: number) => ok(wasi['fd_seek']?.(fd, 0n, 0, RESULT)),
  }
}

describe.each(providers)('two descriptors of one file, %s', (_, make) => {
  test('share where they are, and are closed in any order', async () => {
    const { own, wasi, open, write, read, rewind } = await guest(make())
    const fd = open()
    write(fd, 'abcdef')
    rewind(fd)
    const copy = own['dup']?.(fd) as number
    expect([read(fd, 2), read(copy, 2)]).toEqual(['ab', 'cd'])
    expect(wasi['fd_close']?.(fd)).toBe(0)
    expect(read(copy, 9)).toBe('ef')
    rewind(copy)
    const far = own['dup2']?.(copy, 40) as number
    expect(wasi['fd_close']?.(copy)).toBe(0)
    expect([far, read(far, 3), wasi['fd_close']?.(far), wasi['fd_close']?.(far)]).toEqual([40, 'abc', 0, 8])
  })

  test('replace each other, and what is moved stays open', async () => {
    const { own, wasi, open, write, read, rewind } = await guest(make())
    const [one, two] = [open(), open()]
    write(one, 'abcdef')
    rewind(one)
    expect(own['dup2']?.(one, two)).toBe(two)
    expect([read(two, 2), read(one, 2)]).toEqual(['ab', 'cd'])
    expect([wasi['fd_renumber']?.(one, two), wasi['fd_fdstat_get']?.(one, RESULT), read(two, 9)]).toEqual([0, 8, 'ef'])
  })

  test('stand in for standard output, and give it back', async () => {
    const { own, wasi, open, write, read, rewind, output } = await guest(make())
    const saved = own['dup']?.(1) as number
    const fd = open()
    expect(own['dup2']?.(fd, 1)).toBe(1)
    expect(write(1, 'into the file')).toBe(0)
    expect(own['dup2']?.(saved, 1)).toBe(1)
    expect([wasi['fd_close']?.(saved), write(1, 'to the host')]).toEqual([0, 0])
    rewind(fd)
    expect([read(fd, 13), output()]).toEqual(['into the file', 'to the host'])
  })
})

test('a file is not for epoll, standard output is', async () => {
  writeFileSync(path.join(folder, NAME_OF_FILE), 'x')
  const { own, open } = await guest(hostFiles({ '/': folder }))
  const epoll = own['epoll_create1']?.(0) as number
  expect([own['epoll_ctl']?.(epoll, 1, open(), DATA), own['epoll_ctl']?.(epoll, 1, 1, DATA)]).toEqual([-63, 0])
})
