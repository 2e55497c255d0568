import dgram from 'node:dgram'
import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import getPort from 'get-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Mode } from '../../src/host/mode.js'
import { type GuestLimits, type NetworkRules, runWithSockets } from '../../src/index.js'
import { compileFrom } from './wasi-programs.js'

/*
 * Attacks on network rules are made by test/attack/guests/attempts.c. A row is an attempt, in its words, and what the guest must be told,
 * step by step. Words in braces stand for ports and a folder; nothing at a forbidden place may hear of the guest.
 */
export type Attempt = readonly [attempt: string, outcome: string]

/** An address of this machine that is not the loopback: what is sent there stays on this machine. */
export const own = Object.values(os.networkInterfaces())
  .flatMap((entries) => entries ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
/** Its interface. */
export const ownDevice = Object.entries(os.networkInterfaces()).find(([, entries]) =>
  entries?.some(({ address }) => address === own),
)?.[0]

/** Where guests may go, and where they may not. */
export interface Scene {
  /** Replaces the words in braces. */
  spell(text: string): string
  /** Who was reached that is forbidden. */
  readonly reached: string[]
  /** Who was reached that is allowed. */
  readonly heard: string[]
  close(): void
}

/**
 * `{T}` and `{U}` are ports at 127.0.0.1 that rules allow, for streams and datagrams; `{S}` and `{SU}` are forbidden, at every address.
 * At `{P}` there is one server for each of [::1], 127.0.0.1, 127.0.0.2 and {own}; `friends` of them are allowed. `{F}` and `{G}` are free.
 * `{d}` is a folder with the local sockets `ok/app` and `no/app`, of which the second is forbidden.
 */
export async function ruledScene(friends: readonly string[] = []): Promise<Scene> {
  const reached: string[] = []
  const heard: string[] = []
  const open: { close(): unknown }[] = []
  const note = (name: string) => (friends.includes(name) || name.startsWith('ok') ? heard : reached).push(name)
  const streams = async (name: string, where: net.ListenOptions) => {
    const server = net.createServer((socket) => {
      note(name)
      socket.on('error', () => {}) // a guest may leave without a word
      socket.end(`this is ${name}`)
    })
    open.push(server)
    await once(server.listen(where), 'listening')
    return (server.address() as AddressInfo).port
  }
  const datagrams = async (name: string, port: number, host: string) => {
    const socket = dgram.createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', ipv6Only: host === '::1' })
    open.push(socket)
    socket.on('message', (data, { address, port }) => {
      note(name)
      socket.send(`${name} heard ${data}`, port, address)
    })
    socket.bind(port, host)
    await once(socket, 'listening')
    return socket.address().port
  }
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'rules-')))
  for (const name of ['ok', 'no']) {
    fs.mkdirSync(path.join(folder, name))
    await streams(`${name} app`, { path: path.join(folder, name, 'app') })
  }
  const twin = await getPort()
  for (const host of ['::1', '127.0.0.1', '127.0.0.2', ...(own === undefined ? [] : [own])]) {
    await streams(`tcp ${host}`, { port: twin, host, ipv6Only: true })
    await datagrams(`udp ${host}`, twin, host)
  }
  const words: Record<string, string | number> = {
    T: await streams('ok tcp', { port: 0, host: '127.0.0.1' }),
    U: await datagrams('ok udp', 0, '127.0.0.1'),
    S: await streams('secret tcp', { port: 0, host: '::' }),
    SU: await datagrams('secret udp', 0, '::'),
    ...{ P: twin, F: await getPort(), G: await getPort(), d: folder, own: own ?? '127.0.0.1' },
    ...{ device: ownDevice ?? 'lo', up: path.relative(process.cwd(), folder), base: path.basename(folder) },
  }
  return {
    spell: (text) => text.replace(/\{(\w+)\}/g, (_, word: string) => String(words[word])),
    reached,
    heard,
    close() {
      for (const each of open) each.close()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface Attack {
  readonly name: string
  readonly rules: NetworkRules
  readonly attempts: readonly Attempt[]
  readonly limits?: GuestLimits
  /** Those of `{P}` that are allowed: `udp ::1`. */
  readonly friends?: readonly string[]
  /** Done before the guest runs, in the folder. */
  readonly prepare?: (folder: string) => void
  /** Done after that. */
  readonly check?: (folder: string) => void
  /** Lets the guest use the folder's files. */
  readonly withFiles?: true
}

let compiled: Promise<string> | undefined

/** The path of the guest. */
export function attemptsGuest(): Promise<string> {
  compiled ??= compileFrom('test/attack/guests', ['attempts']).then(({ attempts = '' }) => attempts)
  return compiled
}

/** One guest makes all attempts of an attack; each is a test. */
export function attackRules(mode: Mode, attack: Attack): void {
  describe(attack.name, () => {
    const { attempts, rules } = attack
    let scene: Scene
    let lines: string[] = []
    beforeAll(async () => {
      scene = await ruledScene(attack.friends)
      const guest = await attemptsGuest()
      const folder = scene.spell('{d}')
      attack.prepare?.(folder)
      let output = ''
      const write = (bytes: Uint8Array) => {
        output += Buffer.from(bytes)
      }
      await runWithSockets(guest, {
        ...{ mode, stdout: write, stderr: write, timeoutMs: 60_000, onRefusal() {} },
        args: attempts.map(([attempt]) => scene.spell(attempt)),
        network: { ...spelt(scene, rules, 'allow'), ...spelt(scene, rules, 'deny') },
        ...(attack.limits && { limits: attack.limits }),
        ...(attack.withFiles && { dirs: { [folder]: folder } }),
      })
      lines = output.split('\n')
    }, 120_000)
    afterAll(() => scene.close())

    test.each(attempts.map((attempt, index) => [...attempt, index] as const))('%s', (_, outcome, index) => {
      expect(lines[index]).toBe(scene.spell(outcome))
    })

    test('reaches nothing that is forbidden', () => {
      expect(scene.reached).toEqual([])
      attack.check?.(scene.spell('{d}'))
      expect(lines.length).toBe(attempts.length + 1)
    })
  })
}

function spelt(scene: Scene, rules: NetworkRules, list: 'allow' | 'deny'): NetworkRules {
  const given = rules[list]
  return given === undefined ? {} : { [list]: given.map((rule) => scene.spell(rule)) }
}
