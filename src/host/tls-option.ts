import { checkTls, type TlsSettings } from '../bridge/tls-settings.js'
import { fields } from '../embedder/fields.js'
import { flag, list, oneOf, shape, type Take, text, unfit } from '../embedder/take.js'
import { OptionError } from './errors.js'
import { driverOf, type NetworkOption } from './network-option.js'

const isPem = (value: unknown) => typeof value === 'string' || value instanceof Uint8Array
const pem: Take<string | Uint8Array> = shape('PEM, as a text or bytes', isPem)

const authorities: Take<NonNullable<TlsSettings['ca']>> = (value, name) => {
  if (Array.isArray(value)) return list('certificates', pem)(value, name)
  if (!isPem(value)) throw unfit(name, 'PEM, as a text or bytes, or a list of them', value)
  return value as string | Uint8Array
}

const takeSettings = fields<TlsSettings>(
  {
    ca: authorities,
    cert: pem,
    key: pem,
    verify: shape("true, false or 'guest'", (value) => typeof value === 'boolean' || value === 'guest'),
    demandCertificate: flag,
    alpn: list('protocols', text),
    minVersion: oneOf('TLSv1.2', 'TLSv1.3'),
  },
  'setting of tls',
)

/** Throws an `OptionError` for settings of the wrong shape, and for certificates that cannot be used. */
export const takeTls: Take<TlsSettings> = (value, name) => {
  const settings = takeSettings(value, name)
  try {
    checkTls(settings)
  } catch (error) {
    throw new OptionError(`tls: ${(error as Error).message}`, { cause: error })
  }
  return settings
}

/** Throws an `OptionError` for TLS of a network that has its own. */
export function checkTlsNetwork({ tls, network }: { readonly tls?: unknown; readonly network?: NetworkOption }): void {
  if (tls !== undefined && driverOf(network) !== undefined)
    throw new OptionError('tls is for the network of this machine; one that is given as network has its own')
}
