import { SysError } from '../../posix/errno.js'
import { AppStream, type StreamHandlers } from './app-stream.js'
import { Connection } from './connection.js'
import { addressOf, dialled } from './dialling.js'
import type { Call, VirtualHost } from './host.js'

/** Says what to do with a connection. */
export type StreamApp = (stream: AppStream) => StreamHandlers

/** Serves on a port of a host, on all its addresses; answers how to stop that. Port 0 chooses one. */
export function serve(host: VirtualHost, asked: number, app: StreamApp): { readonly port: number; close(): void } {
  const terms = { host: '::', v6Only: false, reuse: false, listener: undefined }
  const port = host.streams.choose({ ...terms, port: asked })
  const binding = {
    ...terms,
    port,
    listener: ({ client, from, to }: Call) => {
      const end = Connection.answering(client, host.around.wire, host)
      const stream = new AppStream(end, { local: to, remote: from })
      stream.handle(app(stream))
      stream.connected()
      return end
    },
  }
  host.streams.add(binding)
  return { port, close: () => host.streams.remove(binding) }
}

/** Connects to a name or an address. What comes of it the handlers are told. */
export function call(host: VirtualHost, to: { name: string; port: number }, app: StreamApp): AppStream {
  const address = addressOf(host, to.name)
  if (address === undefined) throw new SysError('EHOSTUNREACH')
  const { end, local, remote, release } = dialled(host, { host: address, port: to.port })
  const stream = new AppStream(end, { local, remote })
  stream.onOver = release
  stream.handle(app(stream))
  return stream
}
