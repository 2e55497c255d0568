import type tls from 'node:tls'
import { builtIn } from './built-in.js'

/** What the host gives to the TLS of its guests. It stays with the pumps: no guest ever sees a key. */
export interface TlsSettings {
  /** Certificates, PEM, of authorities that are trusted besides those that Node trusts. */
  readonly ca?: string | Uint8Array | readonly (string | Uint8Array)[]
  /** The certificate that the guest's side shows, with its chain, and its key, both PEM: as a server, and as a client that is asked. */
  readonly cert?: string | Uint8Array
  readonly key?: string | Uint8Array
  /** Whether peers' certificates are checked; `guest` leaves it to the guest's flags. Default true. */
  readonly verify?: boolean | 'guest'
  /** Whether a server of the guest's demands certificates of its clients, signed by one of `ca`. Default false. */
  readonly demandCertificate?: boolean
  /** Protocols for ALPN, the best first, where the guest names none. */
  readonly alpn?: readonly string[]
  /** The oldest version that will do. Default TLSv1.2. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
}

/** What a guest may do of its own accord. */
export interface TlsGrant {
  readonly mayNotVerify: boolean
  readonly mayServe: boolean
}

export function grantOf({ verify = true, cert }: TlsSettings): TlsGrant {
  return { mayNotVerify: verify !== true, mayServe: cert !== undefined }
}

const versions: readonly TlsSettings['minVersion'][] = ['TLSv1.2', 'TLSv1.3']

/** Throws an error whose message tells a person what is wrong. */
export function checkTls(settings: TlsSettings): void {
  const { ca, cert, key, demandCertificate, alpn = [], minVersion } = settings
  if (minVersion !== undefined && !versions.includes(minVersion))
    throw new TypeError(`minVersion must be ${versions.join(' or ')}, not ${String(minVersion)}`)
  if ((cert === undefined) !== (key === undefined)) throw new TypeError('a certificate and its key belong together')
  if (demandCertificate && cert === undefined)
    throw new TypeError('only a server, which has a certificate, can demand one')
  if (demandCertificate && listed(ca).length === 0)
    throw new TypeError('who demands certificates needs a ca to check them')
  for (const name of alpn)
    if (name === '' || Buffer.byteLength(name) > 255) throw new TypeError(`${JSON.stringify(name)} is no name for ALPN`)
  for (const each of listed(ca))
    attempt('ca', () => {
      if (certificatesIn(each).length === 0) throw new TypeError('it has no certificate in PEM')
      const { X509Certificate } = builtIn('node:crypto')
      for (const one of certificatesIn(each)) new X509Certificate(one)
    })
  attempt('cert and key', () => builtIn('node:tls').createSecureContext(plainOptions(settings)))
}

/** The options of Node's that both roles have in common. */
export function plainOptions({ cert, key, minVersion = 'TLSv1.2' }: TlsSettings): tls.SecureContextOptions {
  return {
    ...(cert !== undefined && { cert: buffer(cert) }),
    ...(key !== undefined && { key: buffer(key) }),
    minVersion,
  }
}

/** For a client: Node's own authorities and the given ones. */
export function clientContext(settings: TlsSettings): tls.SecureContext {
  const given = authorities(settings)
  const ca = given.length > 0 ? { ca: [...nodesAuthorities(), ...given] } : {}
  return builtIn('node:tls').createSecureContext({ ...plainOptions(settings), ...ca })
}

/** The given authorities, one certificate each. */
export function authorities({ ca }: TlsSettings): string[] {
  return listed(ca).flatMap(certificatesIn)
}

/** What Node trusts when it is told nothing: since Node 22.15 it says so itself. */
function nodesAuthorities(): readonly string[] {
  const nodes: typeof tls & { getCACertificates?: (type: 'default') => string[] } = builtIn('node:tls')
  return nodes.getCACertificates?.('default') ?? nodes.rootCertificates
}

function listed(ca: TlsSettings['ca']): readonly (string | Uint8Array)[] {
  if (ca === undefined) return []
  return typeof ca === 'string' || ca instanceof Uint8Array ? [ca] : ca
}

function certificatesIn(pem: string | Uint8Array): string[] {
  return [
    ...buffer(pem)
      .toString()
      .matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g),
  ].map(([all]) => all)
}

function buffer(bytes: string | Uint8Array): Buffer {
  return Buffer.from(bytes as Uint8Array)
}

function attempt(what: string, check: () => unknown): void {
  try {
    check()
  } catch (error) {
    throw new TypeError(`${what}: ${(error as Error).message}`, { cause: error })
  }
}
