import { SysError } from '../../posix/errno.js'
import { plainHost } from './addresses.js'
import { AppStream, type StreamHandlers } from './app-stream.js'
import { Connection } from './connection.js'
import { dial } from './dial.js'
import type { Call, VirtualHost } from './host.js'
import { lookUp } from './names.js'

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
  const found = lookUp(host, to.name, undefined)
  const address = found.is === 'found' ? found.hosts[0]?.host : undefined
  if (address === undefined) throw new SysError('EHOSTUNREACH')
  const route = host.route(plainHost(address), address.includes(':') ? '::' : '0.0.0.0')
  const terms = { host: route.source, v6Only: false, reuse: false, listener: undefined }
  const binding = { ...terms, port: host.streams.choose({ ...terms, port: 0 }) }
  host.streams.add(binding)
  const [local, remote] = [
    { host: route.source, port: binding.port },
    { host: route.to, port: to.port },
  ]
  const end = new Connection(host.around.wire, host)
  const stream = new AppStream(end, { local, remote })
  stream.onOver = () => host.streams.remove(binding)
  stream.handle(app(stream))
  const listener = () => route.host.streams.reached(remote).find((each) => each.listener)?.listener
  dial(end, { from: host, to: route.host, local, remote, listener })
  return stream
}
