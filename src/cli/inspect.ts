import type { Command } from 'commander'
import { printable } from '../abi/printable.js'
import { ModuleError } from '../host/errors.js'
import type { InspectedImport, Inspection } from '../index.js'
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
    console.log(json ? JSON.stringify(inspection, undefined, 2) : described(inspection))
    process.exitCode = inspection.isComplete ? 0 : exitCodes.notRunnable
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error
    console.error(`posix-wasm: ${error.message}`)
    process.exitCode = error.code === 'NOT_FOUND' ? exitCodes.notFound : exitCodes.notRunnable
  }
}

const words = { yes: 'provided', ENOSYS: 'ENOSYS', no: 'missing' } as const

function described({ name, dialects, imports, functions }: Inspection): string {
  const missing = imports.filter(({ provided }) => provided === 'no').length
  const start = functions.includes('_start')
    ? 'a program (_start)'
    : `a library of ${functions.join(', ') || 'nothing'}`
  const rules = [...new Set(imports.flatMap(({ toldBy }) => toldBy ?? []))]
  return [
    `${name}: ${start}`,
    `speaks    ${dialects.map((each) => each.join(' or ')).join(', ') || 'no dialect'}`,
    `provided  ${imports.length - missing} of ${imports.length} imports`,
    '',
    ...columns(
      imports.map((each) => [
        words[each.provided],
        printable(`${each.module}.${each.name}`),
        typeOf(each),
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
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
