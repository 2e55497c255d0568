import fs from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (how?: object) => void
/** With this V8 gives back the pages, too, that it would keep for what comes next. */
const toTheLast = { type: 'major', execution: 'sync', flavor: 'last-resort' }

function countOf(folder: string): number {
  return fs.readdirSync(folder).length
}

function statusKiB(name: 'VmSize' | 'VmRSS'): number {
  const found = new RegExp(`${name}:\\s*(\\d+) kB`).exec(fs.readFileSync('/proc/self/status', 'utf8'))
  return Number(found?.[1])
}

/** The test runner has timers of its own, each of which is over soon. */
const MOST_TURNS = 100
const hasTimer = () => process.getActiveResourcesInfo().includes('Timeout')

/** What this process holds, after garbage has been collected. */
export async function resources() {
  for (let turn = 0; turn < 3; turn++) {
    collect()
    collect(toTheLast)
    await new Promise((resolve) => setImmediate(resolve))
  }
  for (let turn = 0; turn < MOST_TURNS && hasTimer(); turn++) await new Promise((resolve) => setTimeout(resolve, 10))
  return {
    descriptors: countOf('/proc/self/fd'),
    threads: countOf('/proc/self/task'),
    active: process.getActiveResourcesInfo().sort(),
    virtualMiB: statusKiB('VmSize') / 1024,
    residentMiB: statusKiB('VmRSS') / 1024,
  }
}

/** The TCP ports of this machine at which somebody listens. */
export function listeningPorts(): Set<number> {
  const lines = fs.readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)
  const listening = lines.map((line) => line.trim().split(/\s+/)).filter(([, , , state]) => state === '0A')
  return new Set(listening.map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)))
}
