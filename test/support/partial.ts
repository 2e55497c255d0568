import type { Network } from '../../src/network/network.js'

/** Makes every read and write of a stream partial: one byte at a time at first, then up to `most`. */
export function partial(network: Network, most = 7): Network {
  let turn = 0
  const piece = () => 1 + (turn++ % most)
  const cut: Partial<Record<string, (input: never) => unknown>> = {
    send: (input: { data: Uint8Array; to?: unknown; handle: number }) =>
      input.to === undefined ? { ...input, data: input.data.subarray(0, piece()) } : input,
    receive: (input: { into: Uint8Array; handle: number }) => ({ ...input, into: input.into.subarray(0, piece()) }),
  }
  const datagrams = new Set<number>()
  return (name, input) => {
    const handle = (input as { handle?: number }).handle ?? -1
    const change = datagrams.has(handle) ? undefined : cut[name]
    const answer = network(name, (change === undefined ? input : change(input as never)) as typeof input)
    if (name === 'open' && (input as { type: string }).type === 'dgram') datagrams.add(answer as number)
    if (name === 'close') datagrams.delete(handle)
    return answer
  }
}
