// What tracing costs while it is off, and what rules cost: `node costs.mjs DIST UNHOOKED PORT PAIRS`. Two processes differ by far more
// than that, so here one process calls the import functions as a guest would, on one connection, by turns with and without. Prints
// `costs RATIO NS RATIO NS`: how much longer a round trip is, and by how many ns a call, for tracing off and for rules on.
import { pathToFileURL } from 'node:url'
import { median } from './figures.mjs'

const [dist, unhooked, port, pairs] = process.argv.slice(2)
const { SocketShim, policy } = await import(pathToFileURL(`${dist}/index.js`).href)
const { linkUnhooked } = await import(pathToFileURL(unhooked).href)

const sliceMs = 4
const callsPerSlice = 8000
const ADDRESS = 16
const DATA = 1024
const SIZE = 64

const machine = new SocketShim()
const bare = machine.network
const ruled = policy(bare, { allow: ['loopback'] })
let network = ruled // which has seen how the sockets came about
const shim = new SocketShim({ network: (name, input) => network(name, input) })
const memory = new WebAssembly.Memory({ initial: 1 })
shim.setMemory(memory)

const hooked = shim.imports['posix_sockets']
const plain = linkUnhooked(shim.guest)
const fd = connected()
const [one, other] = pair()
const variants = {
  usual: () => use(hooked, bare),
  unhooked: () => use(plain, bare),
  ruled: () => use(hooked, ruled),
}
let calls = hooked

function use(table, beneath) {
  calls = table
  network = beneath
}

const costs = [...weigh('unhooked', 'usual'), ...weigh('usual', 'ruled')]
process.stdout.write(`costs ${costs.join(' ')}\n`)
await machine.end()
process.exit()

function connected() {
  const view = new DataView(memory.buffer)
  view.setUint16(ADDRESS, 2, true)
  view.setUint16(ADDRESS + 2, Number(port))
  view.setUint32(ADDRESS + 4, 0x7f000001)
  const made = must(hooked.socket(2, 1, 0))
  must(hooked.connect(made, ADDRESS, 16))
  return made
}

function pair() {
  must(hooked.socketpair(1, 1, 0, ADDRESS))
  return new Int32Array(memory.buffer, ADDRESS, 2)
}

function must(result) {
  if (result < 0) throw new Error(`a call failed with ${result}`)
  return result
}

/** How many times as long a round trip takes in the second way as in the first, and by how many ns a call is longer: medians of pairs. */
function weigh(first, second) {
  for (const name of [first, second, first, second]) for (const time of [roundTripMs, callMs]) timed(name, time)
  const trips = alternately(first, second, roundTripMs).map(([before, after]) => after / before)
  const each = alternately(first, second, callMs).map(([before, after]) => (after - before) * 1e6)
  return [median(trips), median(each)]
}

/** Times of both, by turns, each of the two being the earlier one in half of the pairs. */
function alternately(first, second, time) {
  return Array.from({ length: Number(pairs) }, (_, turn) => {
    if (turn % 2 === 0) return [timed(first, time), timed(second, time)]
    const after = timed(second, time)
    return [timed(first, time), after]
  })
}

function timed(name, time) {
  variants[name]()
  return time()
}

function roundTripMs() {
  const begun = performance.now()
  let trips = 0
  for (; performance.now() - begun < sliceMs; trips++) {
    must(calls.send(fd, DATA, SIZE, 0))
    for (let got = 0; got < SIZE; ) got += must(calls.recv(fd, DATA, SIZE - got, 0))
  }
  return (performance.now() - begun) / trips
}

/** On a pair, whose ends are both here: no other thread has a part in it. */
function callMs() {
  const begun = performance.now()
  for (let call = 0; call < callsPerSlice; call += 2) {
    must(calls.send(one, DATA, SIZE, 0))
    must(calls.recv(other, DATA, SIZE, 0))
  }
  return (performance.now() - begun) / callsPerSlice
}
