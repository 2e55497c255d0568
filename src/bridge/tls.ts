import type { X509Certificate } from 'node:crypto'
import net from 'node:net'
import type { Duplex } from 'node:stream'
import type tls from 'node:tls'
import { type Guard, guardFor, quietly } from '../network/guard.js'
import type { TlsInfo, TlsPeer, TlsRequest } from '../network/network.js'
import type { Errno } from '../posix/errno.js'
import { builtIn } from './built-in.js'
import { errnoFromNode } from './from-node.js'
import { authorities, clientContext, plainOptions, type TlsSettings } from './tls-settings.js'

/** Why a connection could not be secured. */
export interface TlsFailure {
  readonly errno: Errno
  readonly reason: string
}

/** The peer has gone, or has ended what it sends. */
export const endedEarly: TlsFailure = { errno: 'ECONNRESET', reason: 'the connection ended before TLS had begun' }

/** What came of a handshake: the stream that takes the first one's place, or why there is none. */
export type Secured =
  | { readonly is: 'secured'; readonly stream: tls.TLSSocket; readonly info: TlsInfo }
  | ({ readonly is: 'failed' } & TlsFailure)

/** A peer that is not who it should be: it is this side that ends the connection. Whatever else fails is `EPROTO`, or the network's own errno. */
const DISTRUST: Errno = 'ECONNABORTED'

/** Secures streams with what the host has given. */
export class TlsHost {
  readonly #settings: TlsSettings
  #client: tls.SecureContext | undefined

  constructor(settings: TlsSettings = {}) {
    this.#settings = settings
  }

  /** Shakes hands over `stream`, which nobody may use any more, and calls `done` once. After a failure the stream is gone. */
  secure(stream: Duplex, request: TlsRequest, done: (secured: Secured) => void): void {
    let isDone = false
    const settle = (secured: Secured) => {
      if (isDone) return
      isDone = true
      if (secured.is === 'failed') quietly(() => stream.destroy())
      done(secured)
    }
    const fail = (error: Error) => settle({ is: 'failed', ...failureOf(error) })
    const guard = guardFor((error) => fail(error as Error))
    const endedTooSoon = guard(() => settle({ is: 'failed', ...endedEarly }))
    const handshake = { request, settle, fail: guard(fail), guard }
    stream.on('error', handshake.fail)
    stream.once('close', () => setImmediate(endedTooSoon)) // TLS may know better why
    guard(() => (request.role === 'client' ? this.#connect(stream, handshake) : this.#serve(stream, handshake)))()
  }

  #connect(stream: Duplex, { request, settle, fail, guard }: Handshake): void {
    const { hostname, protocols, verifies } = request
    this.#client ??= clientContext(this.#settings)
    const name = hostname || addressOf(stream)
    const serverName = net.isIP(name) === 0 ? name : '' // RFC 6066: an address is no server name
    const alpn = this.#protocols(protocols)
    const socket = builtIn('node:tls').connect({
      socket: stream,
      secureContext: this.#client,
      ...(serverName !== '' && { servername: serverName }),
      ...(alpn.length > 0 && { ALPNProtocols: alpn }),
      rejectUnauthorized: this.#mustVerify(verifies),
      checkServerIdentity: (_, certificate) => builtIn('node:tls').checkServerIdentity(name, certificate),
    })
    socket.on('error', fail)
    const secured = guard(() => settle({ is: 'secured', stream: socket, info: infoOf(socket, serverName) }))
    socket.once('secureConnect', secured)
  }

  #serve(stream: Duplex, { request: { protocols }, settle, fail, guard }: Handshake): void {
    const { demandCertificate = false } = this.#settings
    const alpn = this.#protocols(protocols)
    const server = builtIn('node:tls').createServer({
      ...plainOptions(this.#settings),
      ca: authorities(this.#settings), // for clients, and so without those of the public
      requestCert: demandCertificate,
      rejectUnauthorized: false, // it is done below, where the reason is known
      ...(alpn.length > 0 && { ALPNProtocols: alpn }),
    })
    server.on('tlsClientError', fail)
    const secured = guard((socket: tls.TLSSocket) => {
      socket.on('error', fail)
      const info = infoOf(socket, '')
      if (!demandCertificate || info.doubt === undefined) settle({ is: 'secured', stream: socket, info })
      else settle({ is: 'failed', errno: DISTRUST, reason: info.doubt })
    })
    server.once('secureConnection', secured)
    server.emit('connection', stream)
  }

  #protocols(asked: readonly string[]): string[] {
    return [...(asked.length > 0 ? asked : (this.#settings.alpn ?? []))]
  }

  /** Only the host can do without. */
  #mustVerify(isAsked: boolean): boolean {
    const { verify = true } = this.#settings
    return verify === 'guest' ? isAsked : verify
  }
}

/** One handshake under way: `settle` and `fail` end it, once. */
interface Handshake {
  readonly request: TlsRequest
  readonly settle: (secured: Secured) => void
  readonly fail: (error: Error) => void
  readonly guard: Guard
}

function infoOf(socket: tls.TLSSocket, asked: string): TlsInfo {
  const { servername } = socket as { servername?: string | false | null }
  const certificate = socket.getPeerX509Certificate()
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    protocol: socket.alpnProtocol || '',
    serverName: servername || asked,
    doubt: doubtOf(socket, certificate !== undefined),
    peer: certificate && peerOf(certificate),
  }
}

function doubtOf(socket: tls.TLSSocket, hasShown: boolean): string | undefined {
  const { authorized, authorizationError } = socket
  if (authorized || authorizationError == null) return undefined
  return hasShown ? String(authorizationError) : 'the peer has shown no certificate'
}

function peerOf({ subject, issuer, subjectAltName, validTo, fingerprint256 }: X509Certificate): TlsPeer {
  const oneLine = (name: string) => name.trim().replaceAll('\n', ', ')
  const names = subjectAltName ?? ''
  return { subject: oneLine(subject), issuer: oneLine(issuer), names, validTo, fingerprint: fingerprint256 }
}

/** Codes of certificates that are not trusted, of OpenSSL's and Node's, have neither of these beginnings. */
const notOfTrust = /^(ERR_SSL_|ERR_TLS_(?!CERT_ALTNAME)|E[A-Z0-9]+$)/

/** Node's advice on its own flags, which is not for guests. */
const advice = /; if the root CA is installed locally.*$/s

function failureOf(error: Error & { code?: string }): TlsFailure {
  const { code = '', message } = error
  const reason = message.replace(advice, '')
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return { errno: 'ETIMEDOUT', reason }
  if (code !== '' && !notOfTrust.test(code)) return { errno: DISTRUST, reason }
  const errno = errnoFromNode(error)
  return { errno: errno === 'EIO' ? 'EPROTO' : errno, reason }
}

/** What a certificate is held against where the guest names nobody. */
function addressOf(stream: Duplex): string {
  return (stream as Duplex & { remoteAddress?: string }).remoteAddress ?? ''
}
