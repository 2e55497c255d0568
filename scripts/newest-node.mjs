import { spawnSync } from 'node:child_process'
import os from 'node:os'

export const NEWEST_NODE = 'node@26'

/** The path of the newest Node, fetched as a package, or undefined where it cannot be had. */
export function newestNode() {
  const args = ['exec', '--yes', `--package=${NEWEST_NODE}`, '--', 'node', '-p', 'process.execPath']
  const { status, stdout } = spawnSync('npm', args, { cwd: os.tmpdir(), encoding: 'utf8' })
  return status === 0 ? stdout.trim().split('\n').at(-1) : undefined
}
