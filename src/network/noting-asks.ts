import { AGAIN, type Input, type Network, type Operation } from './network.js'

/** Whether a program may repeat an operation to find out if something has changed: each time, or if it has moved nothing. */
type Kind = 'asks' | 'moves' | 'makes'

const kinds: { readonly [K in Operation]: Kind } = {
  ...{ open: 'makes', pair: 'makes', pipe: 'makes', close: 'makes', hostname: 'makes', interfaces: 'makes' },
  ...{ send: 'moves', receive: 'moves', receiveFrom: 'moves', accept: 'moves' },
  ...{ bind: 'asks', listen: 'asks', connect: 'asks', shutdown: 'asks', startTls: 'asks', tlsState: 'asks' },
  ...{ available: 'asks', localName: 'asks', peerName: 'asks', takeError: 'asks', setOption: 'asks' },
  ...{ getOption: 'asks', resolve: 'asks', resolveBack: 'asks', answer: 'asks', wait: 'asks' },
}

/** A network that calls `note` for each operation that may be a question about what has changed. */
export function notingAsks(network: Network, note: () => void): Network {
  return (name, input) => {
    const kind = kinds[name]
    if (kind === 'asks') note()
    const output = network(name, input)
    if (kind === 'moves' && (output === AGAIN || output === 0 || (input as Input<'receive'>).peek)) note()
    return output
  }
}
