import { chooseMode, MODE_VARIABLE, type ModeOption, modeOptions, modesHere } from '../host/mode.js'

/** What `--version` prints; with `-v` also each mode, whether it would be taken, and why. */
export function versionText(version: string, args: readonly string[]): string {
  if (!args.includes('--version') || !args.includes('-v')) return version
  return [`posix-wasm ${version}, on Node ${process.versions.node}`, ...modeLines()].join('\n')
}

function modeLines(): string[] {
  const { [MODE_VARIABLE]: wanted = 'auto' } = process.env
  if (!modeOptions.includes(wanted as ModeOption)) return [`${MODE_VARIABLE} is no mode: ${JSON.stringify(wanted)}`]
  const modes = modesHere()
  const isLacking = modes.some(({ mode, lack }) => mode === wanted && lack !== undefined)
  const taken = isLacking ? undefined : chooseMode(wanted as ModeOption, { mayTakeThread: true })
  return modes.map(({ mode, lack }) => {
    const told =
      mode === taken?.mode
        ? `is taken: ${taken.why}`
        : lack === undefined
          ? `can be asked for with --mode=${mode}`
          : `cannot be had: ${lack}`
    return `  ${mode.padEnd(7)}  ${told}`
  })
}
