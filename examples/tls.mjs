// Runs a guest that has no TLS library: it connects, and the host puts TLS on its connection, trusting what is given here.
import { once } from 'node:events'
import tls from 'node:tls'
import { runWithSockets } from 'posix-wasm'

// For localhost, until 2120. Everybody has this key: it is good for nothing else.
const cert = `-----BEGIN CERTIFICATE-----
MIIBXjCCAQSgAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNnMa+K8wr8v1dC5
LZkPF+f684aSNGS8as7kf3d9SGGjcjLONfCIPRjDqXjwJYCMFsYMm9N5cEABAXW7
duOynyejRTBDMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAMBgNVHRMEBTADAQH/MB0G
A1UdDgQWBBQhH8aleU0T4xgfm1gd7yq7Ff60xDAKBggqhkjOPQQDAgNIADBFAiAb
oQjA1SFzcqefJLICatClu/lxvifmZVxJCmajsZT8PgIhAJVsfg48FrRXBdGDGvGB
9JTQKA5lPt5GltdhuQ0QBOu+
-----END CERTIFICATE-----`
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6jv9LQ/2R5PwgfH/
dWhI1A9Bj0+2SUc1PnvizUZlLd+hRANCAATZzGvivMK/L9XQuS2ZDxfn+vOGkjRk
vGrO5H93fUhho3IyzjXwiD0Yw6l48CWAjBbGDJvTeXBAAQF1u3bjsp8n
-----END PRIVATE KEY-----`

const server = tls.createServer({ cert, key, allowHalfOpen: true }, async (socket) => {
  const [said] = await once(socket, 'data')
  socket.end(`the server was told: ${said}`)
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const port = String(server.address().port)

// build/guests/tls_client.wasm is test/tls/tls_client.c: address, port, the name to verify, flags, and what to do.
const guest = new URL('../build/guests/tls_client.wasm', import.meta.url)
await runWithSockets(guest, { args: ['127.0.0.1', port, 'localhost', '0', 'talk'], tls: { ca: cert } })

// Another name is not what the certificate says.
await runWithSockets(guest, { args: ['127.0.0.1', port, 'example.com', '0', 'talk'], tls: { ca: cert } })
server.close()
