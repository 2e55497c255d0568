import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** Lets an HTTP server run meanwhile that says another thing each time. */
export async function withServer<T>(use: (port: string) => Promise<T>): Promise<T> {
  const server = http.createServer((_, response) => response.end(`it is ${process.hrtime.bigint()}\n`))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    return await use(String((server.address() as AddressInfo).port))
  } finally {
    server.close()
    server.closeAllConnections()
  }
}
