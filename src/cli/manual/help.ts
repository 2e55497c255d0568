import { commands, examples, exitRows, type OptionGroup, type OptionRow, SHORT, usages } from './table.js'

const WIDTH = 80
/** The column in which texts begin. */
const TEXT_COLUMN = 28

/** The text of `--help`. `folder` is that of the package, in which the documentation lies. */
export function helpText(groups: readonly OptionGroup[], folder: string): string {
  return [
    `Usage: ${usages.join('\n       ')}`,
    '',
    SHORT,
    '',
    ...examples.map(([line]) => `  ${line}`),
    ...section(
      'Commands',
      commands.map(({ usage, text }) => [usage, text]),
    ),
    ...groups.flatMap(({ title, rows }) =>
      section(
        title,
        rows.map((row) => [flagsOf(row), row.text]),
      ),
    ),
    ...section('Exit codes', exitRows),
    '',
    `Documentation: ${folder}/docs/command.md`,
    `Manual page:   man ${folder}/dist/posix-wasm.1`,
  ].join('\n')
}

/** `--env <name=value>`. */
export function flagsOf({ names, value }: OptionRow): string {
  return value === undefined ? names : `${names} ${value}`
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  return ['', `${title}:`, ...rows.flatMap(([left, text]) => row(left, text))]
}

/** A name too long for its column has a line of its own. */
function row(left: string, text: string): string[] {
  const [first = '', ...rest] = wrapped(text, WIDTH - TEXT_COLUMN)
  const indent = ' '.repeat(TEXT_COLUMN)
  const fits = left.length + 4 <= TEXT_COLUMN
  const head = fits ? [`  ${left}`.padEnd(TEXT_COLUMN) + first] : [`  ${left}`, indent + first]
  return [...head, ...rest.map((line) => indent + line)]
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
