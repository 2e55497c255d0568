import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InheritedStream } from '../../src/wasi/inherited-stream.js'

/* A FIFO as a standard descriptor: its open file is shared with other processes, so its flags are not for a guest to change. */
const { O_NONBLOCK, O_RDONLY, O_RDWR, O_WRONLY } = fs.constants
let folder = ''
let fifo = ''
let open: number[] = []
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  fifo = path.join(folder, 'fifo')
  execFileSync('mkfifo', [fifo])
  open = []
})
afterEach(() => {
  for (const fd of open) fs.closeSync(fd)
  fs.rmSync(folder, { recursive: true })
})

const opened = (flags: number) => {
  const fd = fs.openSync(fifo, flags)
  open.push(fd)
  return fd
}
const codeOf = (act: () => unknown) => {
  try {
    return act()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
}
const count = () => fs.readdirSync('/proc/self/fd').length
const isBlocking = (fd: number) => {
  const flags = /flags:\s*(\d+)/.exec(fs.readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? ''
  return (Number.parseInt(flags, 8) & O_NONBLOCK) === 0
}

describe.runIf(process.platform === 'linux')('a FIFO', () => {
  test('that is full is EAGAIN, and its own descriptor still blocks', () => {
    const fd = opened(O_RDWR)
    const stream = new InheritedStream(fd, 'output')
    while (codeOf(() => stream.write(new Uint8Array(4096))) === 4096);
    expect(codeOf(() => stream.write(new Uint8Array(4096)))).toBe('EAGAIN')
    expect(isBlocking(fd)).toBe(true)
    stream.close()
  })

  test('that is empty is EAGAIN, and its end is 0', () => {
    const fd = opened(O_RDWR)
    const stream = new InheritedStream(fd, 'input')
    expect(codeOf(() => stream.read(new Uint8Array(9)))).toBe('EAGAIN')
    fs.writeSync(fd, 'abc')
    expect(stream.read(new Uint8Array(9))).toBe(3)
    expect(isBlocking(fd)).toBe(true)
    stream.close()
    const reader = fs.openSync(fifo, O_RDONLY | O_NONBLOCK)
    open.push(reader)
    const [only] = open
    fs.closeSync(only as number)
    open.shift()
    const last = new InheritedStream(reader, 'input')
    expect(last.read(new Uint8Array(9))).toBe(0)
    last.close()
  })

  test('without a reader is EPIPE, and is written to without blocking once there is one again', () => {
    const reader = fs.openSync(fifo, O_RDONLY | O_NONBLOCK)
    const stream = new InheritedStream(opened(O_WRONLY), 'output')
    fs.closeSync(reader)
    expect(codeOf(() => stream.write(new Uint8Array(1)))).toBe('EPIPE')
    opened(O_RDONLY | O_NONBLOCK)
    while (codeOf(() => stream.write(new Uint8Array(4096))) === 4096);
    expect(codeOf(() => stream.write(new Uint8Array(4096)))).toBe('EAGAIN')
    stream.close()
  })

  test('holds one more descriptor while it is used, and none afterwards', () => {
    const fd = opened(O_RDWR)
    const before = count()
    const stream = new InheritedStream(fd, 'output')
    expect(count()).toBe(before)
    stream.write(Uint8Array.of(1))
    expect(count()).toBe(before + 1)
    stream.close()
    stream.close()
    expect(count()).toBe(before)
  })
})

test('a descriptor that is closed is EBADF', () => {
  const fd = fs.openSync('/dev/null', 'r')
  fs.closeSync(fd)
  expect(codeOf(() => new InheritedStream(fd, 'output').write(Uint8Array.of(1)))).toBe('EBADF')
})

test('what never blocks is written to as it is', () => {
  const fd = fs.openSync('/dev/null', 'r+')
  const before = count()
  const stream = new InheritedStream(fd, 'output')
  expect(stream.write(new Uint8Array(100))).toBe(100)
  expect(count()).toBe(before)
  fs.closeSync(fd)
})
