import { commands, examples, exitRows, type OptionGroup, SHORT, usages } from './table.js'

/** The manual page, as roff. */
export function manPage(groups: readonly OptionGroup[], version: string): string {
  return [
    `.TH POSIX\\-WASM 1 "" "posix\\-wasm ${roff(version)}"`,
    '.SH NAME',
    `posix\\-wasm \\- ${roff(SHORT.replace(/^Runs/, 'run').replace(/\.$/, ''))}`,
    '.SH SYNOPSIS',
    ...usages.flatMap((usage, index) => [...(index > 0 ? ['.br'] : []), bold(usage)]),
    '.SH COMMANDS',
    ...commands.flatMap(({ usage, text }) => item(bold(usage), text)),
    '.SH OPTIONS',
    'Options stand before the module. What follows it is for the program.',
    ...groups.flatMap(({ title, rows }) => [
      `.SS ${roff(title)}`,
      ...rows.flatMap(({ names, value, text }) =>
        item(`${bold(names)}${value ? ` \\fI${roff(value)}\\fR` : ''}`, text),
      ),
    ]),
    '.SH EXIT STATUS',
    ...exitRows.flatMap(([code, text]) => item(bold(code), text)),
    '.SH ENVIRONMENT',
    ...item(bold('POSIX_WASM_MODE'), 'the mode, unless --mode is given'),
    ...item(bold('POSIX_WASM_CACHE'), 'the folder for files that are made once'),
    ...item(bold('POSIX_WASM_TOOLCHAIN'), 'the compiler of posix-wasm cc: sdk, system or npm'),
    ...item(bold('WASI_SDK_PATH'), 'the folder of a WASI SDK, whose compiler is used then'),
    '.SH EXAMPLES',
    ...examples.flatMap(([line, text]) => item(bold(line), text)),
    '.SH SEE ALSO',
    'The folder docs of the package; README.md in it is the index.',
    '',
  ].join('\n')
}

function item(tag: string, text: string): string[] {
  return ['.TP', tag, roff(text)]
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`
}

/** Escapes a text: a dot or a quote at its start would be a request, and a plain hyphen another character. */
function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&')
}
