import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type tls from 'node:tls'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Certificate, selfSigned, signed } from './certificates.js'
import { CommandRun, command, guestFile } from './command.js'
import { answerAfterEnd, listening, tlsServer } from './tls-peers.js'

/* What the tests of TLS by the host have in common. */
export const BULK = 100 * 1024 * 1024
export const NO_VERIFY = 2
export const H2 = 0x10
export const HTTP11 = 0x20
/** Where certificates lie, and what a test writes. */
export const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-tls-'))

/** Whether there is an openssl to make certificates with; says so where there is none. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'])
    return true
  } catch {
    console.warn('TLS is not tested: there is no openssl to make certificates with, and to be tested against')
    return false
  }
}

/* Certificates, from `setTheScene` on: of an authority, good and expired ones it has signed, one that nobody signed, and a client's. */
export let ca: Certificate
export let good: Certificate
export let expired: Certificate
export let alone: Certificate
export let client: Certificate
/** What is to be done when a test is over. */
export const closing: (() => void)[] = []

/** Makes the certificates before the tests of a file, and cleans up after each and after all. */
export function setTheScene(): void {
  beforeAll(async () => {
    ca = await selfSigned(folder, 'authority')
    good = await signed(folder, 'authority', 'localhost')
    expired = await signed(folder, 'authority', 'localhost', -1)
    alone = await selfSigned(folder, 'localhost')
    client = await signed(folder, 'authority', 'client')
  })
  afterEach(() => {
    for (const close of closing.splice(0)) close()
  })
  afterAll(() => rmSync(folder, { recursive: true }))
}

/** Where the key of a certificate lies. */
export const keyFile = ({ file }: Certificate) => file.replace(/pem$/, 'key')
/** The flags that make a guest trust the authority. */
export const trusting = () => ['--tls-ca', ca.file]
/** Those by which it shows a certificate. */
export const showing = (certificate: Certificate) => ['--tls-cert', certificate.file, '--tls-key', keyFile(certificate)]
/** A certificate and its key, as Node wants them. */
export const pair = ({ cert, key }: Certificate) => ({ cert, key })

/** Lets a server listen until the test is over; answers its port. */
export async function serve<S extends net.Server>(server: S) {
  const { port, close } = await listening(server)
  closing.push(close)
  return port
}
/** The same with a server of TLS. */
export const secureServer = (options: tls.TlsOptions, how: (socket: tls.TLSSocket) => void = answerAfterEnd) =>
  serve(tlsServer(options, how))
/** Runs the guest that is a client; answers its lines. */
export async function guestClient(
  port: number,
  { host = [] as string[], name = 'localhost', flags = 0, what = ['talk'] } = {},
) {
  const args = ['127.0.0.1', String(port), name, String(flags), ...what]
  const { stdout, stderr, code } = await command([...host, guestFile('tls_client'), ...args])
  return { lines: stdout.split('\n'), stderr, code }
}
/** Starts the guest that is a server; answers its run and its port. */
export async function guestServer(what: readonly string[], host: readonly string[], flags = 0) {
  const run = new CommandRun([...host, guestFile('tls_server'), String(flags), ...what])
  const [, port] = await run.printed(/port (\d+)\n/)
  return { run, port: Number(port), ended: run.finished() }
}
/** A connection that is gone when the test is over. */
export const connect = (port: number) => {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  socket.on('error', () => {})
  closing.push(() => socket.destroy())
  return socket
}
