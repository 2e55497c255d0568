import { chooseMode, type ModeHere, type ModeOption, modeOptions, modesHere } from '../host/mode.js'
import { MODE_VARIABLE, modeWanted } from '../host/mode-variable.js'

/** What `--version` prints; with `-v` on the command line also each mode, whether it would be taken, and why. */
export function versionText(version: string, line: readonly string[]): string {
  if (!line.includes('-v')) return version
  const lines = modeLines(modeWanted(process.env), modesHere())
  return [`posix-wasm ${version}, on Node ${process.versions.node}`, ...lines].join('\n')
}

/** A line for each mode, and one for a mode that is wanted and cannot be had. */
export function modeLines(wanted: string, modes: readonly ModeHere[]): string[] {
  if (!modeOptions.includes(wanted as ModeOption))
    return [`${MODE_VARIABLE} is no mode: ${JSON.stringify(wanted)}; runs will be refused`]
  const isLacking = modes.some(({ mode, lackIfAsked }) => mode === wanted && lackIfAsked !== undefined)
  const taken = isLacking ? undefined : chooseMode(wanted as ModeOption, { mayTakeThread: true })
  const lines = modes.map((each) => {
    const told = each.mode === taken?.mode ? `is taken: ${taken.why}` : whetherHad(each)
    return `  ${each.mode.padEnd(7)}  ${told}`
  })
  if (!isLacking) return lines
  return [...lines, `${MODE_VARIABLE} says ${wanted}, which cannot be had: runs will be refused`]
}

function whetherHad({ mode, lack, lackIfAsked }: ModeHere): string {
  if (lackIfAsked !== undefined) return `cannot be had: ${lackIfAsked}`
  const unasked = lack === undefined ? '' : `; it is not taken unasked: ${lack}`
  return `can be asked for with --mode=${mode}${unasked}`
}
