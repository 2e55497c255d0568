import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { WasmFs } from '@wasmer/wasmfs'
import getPort from 'get-port'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OptionError, runWithSockets } from '../../../src/index.js'
import { describeAttacks } from '../../support/attack.js'
import { acceptor, copier, echo, opener } from '../../support/tiny-wasm.js'
import { within } from '../../support/workers.js'
import { answer, connected, connection, connector, LIMIT_MS, quiet, reason, starting } from './scene.js'

/* Two guests of one process that are given the same: a file to record to, a connection, an address, a stream, files. */

let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-two-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))
const file = (name: string) => path.join(folder, name)

describeAttacks('two guests', (mode) => {
  const start = starting(mode)

  test('recordings of two are each a guest’s own, and are replayed as such', async () => {
    const [one, other] = [file(`${mode}-one.rec`), file(`${mode}-other.rec`)]
    const record = async (guest: Uint8Array, to: string) => (await start(guest, { record: to })).exitCode
    const codes = await within(LIMIT_MS, Promise.all([record(opener(4), one), record(connector(1), other)]))
    const replay = async (guest: Uint8Array, from: string) => (await start(guest, { replay: from })).exitCode
    expect(await within(LIMIT_MS, Promise.all([replay(opener(4), one), replay(connector(1), other)]))).toEqual(codes)
    await expect(within(LIMIT_MS, replay(opener(4), other))).rejects.toBeInstanceOf(Error)
    expect(await within(LIMIT_MS, Promise.all([replay(opener(4), one), replay(opener(4), one)]))).toEqual([4, 4])
  })

  test.each<[string, (name: string) => string]>([
    ['the same path', (name) => name],
    ['another path of the same file', (name) => path.join(folder, '.', 'sub', '..', path.basename(name))],
    ['a link to it', (name) => link(name)],
  ])('a recording that another guest is writing is refused, %s', async (what, alias) => {
    const record = file(`${mode}-${what.replaceAll(' ', '-')}.rec`)
    const [mine, theirs] = await connection()
    const first = await start(echo(3), { record, connections: [theirs] })
    expect(await answer(mine, 'hello')).toBe('hello')
    const second = start(opener(4), { record: alias(record) })
    await expect(second).rejects.toBeInstanceOf(OptionError)
    await expect(second).rejects.toThrow('another guest is writing')
    mine.end()
    expect(await within(LIMIT_MS, first.exitCode)).toBe(0)
    expect(await (await start(echo(3), { replay: record, connections: [new PassThrough()] })).exitCode).toBe(0)
  })

  test('a connection that another guest has is refused, and stays the other’s', async () => {
    const [mine, theirs] = await connection()
    const first = await start(echo(3), { connections: [theirs] })
    await expect(start(echo(3), { connections: [theirs] })).rejects.toThrow('is the connection of a guest already')
    const third = await start(acceptor(0))
    await expect(third.attach(theirs)).rejects.toBeInstanceOf(OptionError)
    third.stop(reason)
    await expect(start(echo(3), { connections: [mine, mine] })).rejects.toThrow('is the same stream as')
    expect(await answer(mine, 'hello')).toBe('hello')
    mine.end()
    expect(await within(LIMIT_MS, first.exitCode)).toBe(0)
    await expect(start(echo(3), { connections: [theirs] })).rejects.toBeInstanceOf(OptionError)
  })

  test('an address that another guest listens at is refused, and stays the other’s', async () => {
    const address = `127.0.0.1:${await getPort()}`
    const first = await start(acceptor(0), { listen: [address] })
    const port = Number(address.split(':')[1])
    await within(LIMIT_MS, connected(port)) // it listens
    const second = start(acceptor(0), { listen: [address] }).then(({ exitCode }) => exitCode)
    await expect(within(LIMIT_MS, second)).rejects.toThrow(`cannot listen at ${address}: Address already in use`)
    await within(LIMIT_MS, connected(port))
    first.stop(reason)
    await expect(first.exitCode).rejects.toBe(reason)
  })

  test('two write whole pieces to one stream, which stays the caller’s', async () => {
    const stdout = new PassThrough()
    const pieces: string[] = []
    stdout.on('data', (piece: Buffer) => void pieces.push(piece.toString()))
    const codes = ['a', 'b'].map((letter) =>
      runWithSockets(copier(), { mode, ...quiet, stdin: letter.repeat(3000), stdout }),
    )
    expect(await within(LIMIT_MS, Promise.all(codes))).toEqual([0, 0])
    const all = pieces.join('')
    expect([all.length, all.replace(/(.)\1*/g, '$1').length <= 4]).toEqual([6000, true])
    expect([stdout.writableEnded, stdout.destroyed]).toEqual([false, false])
  })

  test('a stream of two that fails is the failure of both', async () => {
    const stdout = new Writable({ write: (_chunk, _encoding, done) => void setTimeout(done, 20, reason) })
    const runs = ['a', 'b'].map((letter) => runWithSockets(copier(), { mode, ...quiet, stdin: letter, stdout }))
    const outcomes = await within(LIMIT_MS, Promise.all(runs.map((run) => run.catch((error: unknown) => error))))
    expect(outcomes).toEqual([reason, reason])
  })

  test('files in memory that two are given are kept of both', async () => {
    const files = new WasmFs()
    files.fs.writeFileSync('/there', 'before')
    const codes = [1, 2].map((code) => runWithSockets(opener(code), { mode, ...quiet, fs: files }))
    expect(await within(LIMIT_MS, Promise.all(codes))).toEqual([1, 2])
    expect(files.fs.readFileSync('/there', 'utf8')).toBe('before')
  })
})

function link(name: string): string {
  const alias = `${name}.link`
  fs.symlinkSync(name, alias)
  return alias
}
