// Sends as many bytes as the path says: `node web-peer.mjs http|https|https-any FOLDER`, where the certificate may be kept.
// With https the server chooses the cipher, as Node's do; with https-any the client does.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import { join } from 'node:path'

const [scheme, folder] = process.argv.slice(2)
const large = Buffer.alloc(1 << 20, 'x')

async function send(request, response) {
  let left = Number(request.url.slice(1))
  response.writeHead(200, { 'content-length': left })
  for (; left > 0; left -= large.length)
    if (!response.write(large.subarray(0, left))) await Promise.race([once(response, 'drain'), once(response, 'close')])
  response.end()
}

function certificate() {
  const [key, cert] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name))
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=localhost']
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { key: readFileSync(key), cert: readFileSync(cert) }
}

const server =
  scheme === 'http'
    ? http.createServer(send)
    : https.createServer({ ...certificate(), honorCipherOrder: scheme === 'https' }, send)
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`))
