import fs from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { TlsSettings } from '../../index.js'

export interface TlsFlags {
  readonly tlsCa: readonly Buffer[]
  readonly tlsCert?: Buffer
  readonly tlsKey?: Buffer
  readonly tlsDemandCert?: boolean
  readonly tlsAlpn?: readonly string[]
  readonly tlsInsecure?: boolean
}

/** The options for the TLS of programs that leave it to the host. */
export function withTlsFlags(program: Command): Command {
  return program
    .option('--tls-ca <file>', '', addFile, [])
    .option('--tls-cert <file>', '', readFile)
    .option('--tls-key <file>', '', readFile)
    .option('--tls-demand-cert')
    .option('--tls-alpn <names>', '', names)
    .option('--tls-insecure')
}

/** What the flags come to; nothing when none is given. */
export function tlsOf(flags: TlsFlags): { tls?: TlsSettings } {
  const { tlsCa, tlsCert, tlsKey, tlsDemandCert, tlsAlpn, tlsInsecure } = flags
  const tls: TlsSettings = {
    ...(tlsCa.length > 0 && { ca: tlsCa }),
    ...(tlsCert && { cert: tlsCert }),
    ...(tlsKey && { key: tlsKey }),
    ...(tlsDemandCert && { demandCertificate: true }),
    ...(tlsAlpn && { alpn: tlsAlpn }),
    ...(tlsInsecure && { verify: false }),
  }
  return Object.keys(tls).length > 0 ? { tls } : {}
}

function addFile(path: string, all: readonly Buffer[]): readonly Buffer[] {
  return [...all, readFile(path)]
}

function readFile(path: string): Buffer {
  try {
    return fs.readFileSync(path)
  } catch (error) {
    throw new InvalidArgumentError(`it cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
}

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim())
}
