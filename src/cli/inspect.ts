import type { Command } from 'commander'
import { ModuleError } from '../host/errors.js'
import type { InspectedImport, Inspection } from '../index.js'
import { printable, printableJson, printableName, printableNames } from '../posix/printable.js'
import { exitCodes } from './exit-codes.js'

/** `posix-wasm inspect [--json] module.wasm`. */
export function inspectCommand(program: Command): Command {
  return program
    .command('inspect')
    .description('Tell what a module imports, which dialects it speaks, what is provided and what is missing.')
    .argument('<module>', 'the WebAssembly file')
    .option('--json', 'for programs')
    .action(inspect)
}

async function inspect(module: string, { json = false }: { json?: boolean }): Promise<void> {
  const { inspectModule } = await import('../host/inspect.js')
  try {
    const inspection = await inspectModule(module)
    console.log(json ? printableJson(inspection, 2) : described(inspection))
    process.exitCode = inspection.isComplete ? 0 : exitCodes.notRunnable
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error
    console.error(`posix-wasm: ${printable(error.message)}`)
    process.exitCode = error.code === 'NOT_FOUND' ? exitCodes.notFound : exitCodes.notRunnable
  }
}

/** The most functions of a library that are shown. */
const MOST_FUNCTIONS = 100

const words = { yes: 'provided', ENOSYS: 'ENOSYS', no: 'missing' } as const

function described({ name, dialects, imports, functions }: Inspection): string {
  const missing = imports.filter(({ provided }) => provided === 'no').length
  const start = functions.includes('_start')
    ? 'a program (_start)'
    : `a library of ${printableNames(functions, MOST_FUNCTIONS) || 'nothing'}`
  const rules = [...new Set(imports.flatMap(({ toldBy }) => toldBy ?? []))]
  return [
    `${printable(name)}: ${start}`,
    `speaks    ${dialects.map((each) => each.join(' or ')).join(', ') || 'no dialect'}`,
    `provided  ${imports.length - missing} of ${imports.length} imports`,
    '',
    ...columns(
      imports.map((each) => [
        words[each.provided],
        printableName(`${each.module}.${each.name}`),
        printableName(typeOf(each)),
        noteOf(each),
      ]),
    ),
    ...(rules.length > 0 ? ['', ...rules.map((rule) => `* told apart by ${rule}`)] : []),
  ].join('\n')
}

function typeOf({ type, kind }: InspectedImport): string {
  return type ?? kind
}

function noteOf({ dialects, toldBy, reason }: InspectedImport): string {
  return [`${dialects.join(', ')}${toldBy === undefined ? '' : ' *'}`, reason].filter((part) => part).join('; ')
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = widthsOf(rows)
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function widthsOf(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return widths
}
