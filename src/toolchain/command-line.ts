import fs from 'node:fs'

/** Options of clang that take their value as the next argument. */
const withValue = new Set(
  (
    '-o -I -L -D -U -x -l -e -u -z -T -A -F -b -V -B -include -imacros -isystem -idirafter -iquote -iprefix -iwithprefix ' +
    '-iwithprefixbefore -isysroot -cxx-isystem -MF -MT -MQ -MJ -Xclang -Xlinker -Xpreprocessor -Xassembler -mllvm -target ' +
    '-arch --param --sysroot -working-directory -framework -wrapper -dumpdir --output'
  ).split(' '),
)

/** Options with which clang stops before it links, or does not compile at all. */
const withoutLinking = /^(-c|-S|-E|-M|-MM|-fsyntax-only|--analyze|-r|--preprocess|--compile|--precompile)$/

/** What native linkers are told and wasm-ld does not know, because there is nothing of the kind in a WebAssembly program. */
const meaningless =
  /^(-rdynamic|-pie|-no-pie|-pthreads?|-static-pie|-Wl,(--(as-needed|no-as-needed|start-group|end-group|hash-style=.*|(en|dis)able-new-dtags|build-id.*|sort-common|warn-.*|no-copy-dt-needed-entries|exclude-libs.*|(default-)?version-script.*)|-\(|-\)|-z,(relro|now|noexecstack|defs|text)|-O\d|-Bsymbolic.*|-rpath(-link)?[,=].*|-soname[,=].*|-h,.*|-R.*))$/

/** What a compiler is asked to do, as far as the driver must know it. */
export interface CommandLine {
  /** The arguments, without those that have no meaning here. */
  readonly args: readonly string[]
  readonly inputs: readonly string[]
  readonly links: boolean
  readonly output: string | undefined
  /** `-nostdlib`, `-nodefaultlibs`: the libraries are the caller's affair. */
  readonly ownLibraries: boolean
  readonly asksExceptions: boolean
  readonly verbose: boolean
}

/** Reads what clang was called with; `@file` arguments are looked into. */
export function readCommandLine(all: readonly string[]): CommandLine {
  const args: string[] = []
  const inputs: string[] = []
  let output: string | undefined
  for (let index = 0; index < all.length; index++) {
    const arg = all[index] as string
    if (meaningless.test(arg)) continue
    const kept = arg.startsWith('-Wl,') ? withoutMeaningless(arg) : arg
    if (kept === undefined) continue
    args.push(kept)
    if (withValue.has(arg)) {
      const value = all[++index]
      if (value !== undefined) args.push(value)
      if (arg === '-o' || arg === '--output') output = value
      else if (arg === '-l') inputs.push(`-l${value}`)
    } else if (/^-o./.test(arg)) output = arg.slice(2)
    else if (arg === '-' || !arg.startsWith('-') || arg.startsWith('-l')) inputs.push(arg)
  }
  const seen = args.flatMap((arg) => (arg.startsWith('@') ? [arg, ...responses(arg.slice(1))] : [arg]))
  const has = (pattern: RegExp) => seen.some((arg) => pattern.test(arg))
  return {
    args,
    inputs,
    output,
    links: inputs.length > 0 && !has(withoutLinking) && !has(/^-(-print|print|-version$|dump(machine|version)|###)/),
    ownLibraries: has(/^-(nostdlib|nodefaultlibs|nolibc)$/),
    asksExceptions: has(/^-f(no-)?(wasm-|cxx-)?exceptions$/),
    verbose: seen.includes('-v'),
  }
}

/** Options of a linker that take the next part of `-Wl,` as their value. */
const linkerWithValue = /^-(z|rpath|rpath-link|soname|h|R|e|u|y|Map|-entry|-export)$/

/** `-Wl,a,b` without those of its parts that mean nothing here; undefined when none is left. */
function withoutMeaningless(arg: string): string | undefined {
  const parts = arg.split(',').slice(1)
  const kept: string[] = []
  while (parts.length > 0) {
    const option = parts.splice(0, linkerWithValue.test(parts[0] as string) ? 2 : 1).join(',')
    if (!meaningless.test(`-Wl,${option}`)) kept.push(option)
  }
  return kept.length === 0 ? undefined : `-Wl,${kept.join(',')}`
}

function responses(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split(/\s+/)
  } catch {
    return []
  }
}
