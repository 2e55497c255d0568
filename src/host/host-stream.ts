import { Duplex, type Readable, type Writable } from 'node:stream'

/** What a stream of the host's is made of. `from` is called when the guest first wants to read. */
export interface HostEnds {
  readonly from?: () => Readable
  readonly to?: Writable | ((bytes: Uint8Array) => void)
}

/** One stream for a pump, of a readable and a writable that stay the caller's: neither is ended nor destroyed. */
export function hostStream({ from, to }: HostEnds): Duplex {
  let source: Readable | undefined
  const stream = new Duplex({
    read() {
      if (from === undefined) return
      source ??= follow(from(), stream)
      source.resume()
    },
    write(chunk: Uint8Array, _encoding, done) {
      if (typeof to === 'object') return void to.write(chunk, done)
      try {
        to?.(new Uint8Array(chunk))
        done()
      } catch (error) {
        done(error as Error)
      }
    },
  })
  const drop = () => stream.destroy()
  if (typeof to === 'object') to.once('close', drop).once('error', drop)
  stream.once('close', () => {
    source?.pause()
    if (typeof to === 'object') to.off('close', drop).off('error', drop)
  })
  return stream
}

function follow(source: Readable, stream: Duplex): Readable {
  source.on('data', (chunk: Uint8Array | string) => {
    if (!stream.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)) source.pause()
  })
  source.once('end', () => stream.push(null))
  source.once('error', () => stream.push(null))
  source.once('close', () => stream.push(null))
  if (source.readableEnded || source.destroyed) stream.push(null)
  return source
}
