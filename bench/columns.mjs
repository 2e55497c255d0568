// What is compared: the native programs, the guests in each mode that works here, and programs on node:net, each under each Node.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { callGuest, callNative, curlPeer } from './curl.mjs'
import { untilConnected } from './ways.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('..', import.meta.url))
export const built = join(root, 'build/bench')

export const kinds = ['C', 'worker', 'suspend', 'native', 'node:net']
const modes = ['worker', 'suspend', 'native']
const probeMs = 10_000

const native = {
  id: 'C',
  kind: 'C',
  command: (program) => (program === 'curl' ? callNative() : [join(built, program)]),
  launch: (program, args) => [join(built, program), ...args],
}

/** The program of the guests' task on Node's own sockets. */
const onNodeNet = (node) => ({
  id: `node:net@${node.version}`,
  kind: 'node:net',
  node,
  command: (program) => [node.path, join(here, `net/${program}.mjs`)],
  launch: (program, args) => [node.path, join(here, `net/${program}.mjs`), ...args],
})

function guest(node, mode, dist) {
  const wasm = (program) => join(root, `build/guests/${program}.wasm`)
  const command = [node.path, join(dist, 'cli.js'), '--mode', mode]
  return {
    id: `${mode}@${node.version}`,
    kind: mode,
    node,
    command: (program, descriptors = 1024) =>
      program === 'curl'
        ? callGuest(command)
        : [node.path, join(here, 'guest-host.mjs'), dist, mode, descriptors, wasm(program)],
    launch: (program, args) => [...command, wasm(program), ...args],
    costs: () => [node.path, join(here, 'costs.mjs'), dist, join(built, 'unhooked.mjs')],
  }
}

/** Resolves to the columns of these kinds and Nodes, and to why others are missing. `compiler` is the trouble with the C compiler. */
export async function findColumns({ nodes, wanted, dist, compilerTrouble }) {
  const columns = []
  const missing = []
  if (compilerTrouble !== undefined) missing.push({ kind: 'C', node: null, reason: compilerTrouble })
  else if (wanted.includes('C')) columns.push(native)
  for (const node of nodes) {
    for (const mode of modes.filter((one) => wanted.includes(one))) {
      const reason = await whyNot(guest(node, mode, dist))
      if (reason === undefined) columns.push(guest(node, mode, dist))
      else missing.push({ kind: mode, node: node.version, reason })
    }
    if (wanted.includes('node:net')) columns.push(onNodeNet(node))
  }
  return { columns, missing }
}

/** Why a mode is not there: what it says when it is used. Undefined when it works. */
function whyNot(column) {
  const program = (port) => [...column.command('first_call'), port]
  return untilConnected(program, { limitMs: probeMs }).then(
    () => undefined,
    ({ message }) => message.trim().split('\n').at(-1),
  )
}

/** The peer's command: the native one, or its twin on Node where there is no compiler. */
export const peerOf = (isNative) => (mode, args) =>
  curlPeer(mode) ?? [...(isNative ? [join(built, 'peer')] : [process.execPath, join(here, 'peer.mjs')]), mode, ...args]
