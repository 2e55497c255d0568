// Who asks the HTTP servers. wrk is what people know; without it, the peer's own mode `load` asks in the same way.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('wrk.lua', import.meta.url))

/** The peer's commands with that of `load` replaced, and a remark that says who asks. `which` is `wrk`, `peer`, or undefined. */
export function withLoad(peer, which) {
  const isThere = spawnSync('wrk', ['--version']).error === undefined
  if (which === 'wrk' && !isThere) throw new Error('wrk is not installed')
  if (which === 'peer' || !isThere) return { peer, remark: 'The HTTP servers are asked by the benchmark itself.' }
  return {
    peer: (mode, args) => (mode === 'load' ? wrk(...args) : peer(mode, args)),
    remark: 'The HTTP servers are asked by wrk.',
  }
}

/** It knows whole seconds only, and has no time to warm up: the connections count from the start. */
function wrk(port, connections, warmMs, runMs) {
  const seconds = Math.max(1, Math.round((warmMs + runMs) / 1000))
  return ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '-s', script, `http://127.0.0.1:${port}/`]
}
