import type { Input, Network, Operation, Output } from '../../src/network/network.js'

type Answers = { [K in Operation]?: (input: Input<K>) => Output<K> }

/** A network of the operations given, which notes what it is asked. Any other operation is a failure of the test. */
export function fakeNetwork(answers: Answers) {
  const asked: [Operation, unknown][] = []
  const network: Network = (name, input) => {
    asked.push([name, input])
    const answer = answers[name]
    if (answer === undefined) throw new Error(`nobody expected ${name}(${JSON.stringify(input)})`)
    return answer(input)
  }
  return {
    network,
    asked,
    /** The inputs of one operation. */
    inputsOf: (name: Operation) => asked.filter(([each]) => each === name).map(([, input]) => input),
  }
}

/** A world whose clock stands still until it is moved. */
export function fakeWorld() {
  let ms = 1000
  return {
    now: () => ms,
    time: () => ms,
    random: (bytes: Uint8Array) => void bytes.fill(4),
    pass: (elapsedMs: number) => {
      ms += elapsedMs
    },
  }
}
