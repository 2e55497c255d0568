import fs from 'node:fs'

/** As many as Linux follows. */
const MOST_LINKS = 40

/**
 * Where a path leads, of a file that is not there yet too. Component by component, as path_resolution(7) has it: `x/..` is not the folder
 * of `x` where `x` is a link. Undefined where the system would not know either: beyond too many links, through what may not be looked at,
 * or up from what is not there.
 */
export function whereLeads(given: string): string | undefined {
  let at = given.startsWith('/') ? '' : cwd()
  const rest = given.split('/')
  let isThere = true
  let links = 0
  for (let name = rest.shift(); name !== undefined && at !== undefined; name = rest.shift()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (!isThere) return undefined
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
      continue
    }
    const next: string = `${at}/${name}`
    const entry = isThere ? look(next) : 'nothing'
    if (entry === undefined) return undefined
    if (entry === 'nothing') isThere = false
    if (typeof entry === 'string') {
      at = next
      continue
    }
    if (++links > MOST_LINKS) return undefined
    if (entry.target.startsWith('/')) at = ''
    rest.unshift(...entry.target.split('/'))
  }
  return at === '' ? '/' : at
}

/** The folder that relative paths begin in; it has no links in it. */
function cwd(): string | undefined {
  try {
    return process.cwd().replace(/^\/$/, '')
  } catch {
    return undefined // it was removed
  }
}

/** What is at a path whose folder has no links in it; undefined where that may not be looked at. */
function look(path: string): { target: string } | 'entry' | 'nothing' | undefined {
  try {
    return { target: fs.readlinkSync(path) }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EINVAL') return 'entry'
    return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? 'nothing' : undefined
  }
}
