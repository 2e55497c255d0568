import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  /** The certificate's file. */
  readonly file: string
}

const openssl = (folder: string, ...args: string[]) => promisify(execFile)('openssl', args, { cwd: folder })
const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']

/** A certificate signed by itself, in files in `folder`: an authority, or a server that nobody vouches for. */
export async function selfSigned(folder: string, name: string): Promise<Certificate> {
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  const files = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  await openssl(folder, 'req', '-x509', ...keyOptions, ...subject, ...files)
  return read(folder, name)
}

/** A certificate for the host `name`, signed by `authority`, in files in `folder`. With negative `days` it has expired. */
export async function signed(folder: string, authority: string, name: string, days = 30): Promise<Certificate> {
  const file = `${name}-${days}`
  writeFileSync(join(folder, `${file}.ext`), `subjectAltName=DNS:${name}\n`)
  await openssl(folder, 'req', ...keyOptions, '-subj', `/CN=${name}`, '-keyout', `${file}.key`, '-out', `${file}.csr`)
  const by = ['-CA', `${authority}.pem`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', String(days)]
  await openssl(folder, 'x509', '-req', '-in', `${file}.csr`, ...by, '-extfile', `${file}.ext`, '-out', `${file}.pem`)
  return read(folder, file)
}

function read(folder: string, name: string): Certificate {
  const file = join(folder, `${name}.pem`)
  return { file, cert: readFileSync(file), key: readFileSync(join(folder, `${name}.key`)) }
}
