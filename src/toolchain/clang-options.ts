/** Options of clang that take their value as the next argument. */
const withValue = new Set(
  (
    '-o -I -L -D -U -x -l -e -u -z -T -A -F -G -b -V -B -include -include-pch -imacros -isystem -isystem-after -idirafter -iquote ' +
    '-iprefix -iwithprefix -iwithprefixbefore -iwithsysroot -isysroot -imultilib -iframework -iframeworkwithsysroot -ivfsoverlay ' +
    '-cxx-isystem -stdlib++-isystem -MF -MT -MQ -MJ -Xclang -Xlinker -Xpreprocessor -Xassembler -Xanalyzer -Xoffload-linker ' +
    '-Xcuda-fatbinary -Xcuda-ptxas -Xopenmp-target -mllvm -mmlir -meabi -mthread-model -target -arch -working-directory -framework ' +
    '-wrapper -dumpdir -resource-dir -rpath -init -undefined -filelist -ftrapv-handler -fdebug-compilation-dir ' +
    '-fmodules-user-build-path -gen-cdb-fragment-path -serialize-diagnostics -dependency-file -dependency-dot ' +
    '-module-dependency-dir -dsym-dir -vfsoverlay --vfsoverlay --serialize-diagnostics --analyzer-output --param --sysroot ' +
    '--output --config --include --imacros --define-macro --undefine-macro --include-directory --include-directory-after ' +
    '--include-prefix --include-with-prefix --library-directory --language --for-linker --for-assembler --assert --std --prefix ' +
    '--force-link --classpath --rtlib --dyld-prefix --resource'
  ).split(' '),
)

/** Those whose name goes on before the value. */
const withValueByPrefix = /^-X(arch_|openmp-target=)/

/** Options that begin like `-o` and are not that. */
const otherThanOutput = /^-obj(cmt-|ect-file-name)/

/** Options that take a value in the same argument, and whose value matters here. */
const joined = /^(-o|-l|-x|--output=|--sysroot=|--target=|-Wl,|-f(?:no-)?sanitize(?:-trap)?=)(.*)$/s

/** One option with its value, or an input. */
export interface Word {
  /** The option's name with the `=` or `,` that joins it to a value; `''` for an input. */
  readonly option: string
  readonly value: string | undefined
  /** The arguments that it takes. */
  readonly spelled: readonly string[]
}

/** Divides arguments as clang does. After `--` there are only inputs. */
export function wordsOf(args: readonly string[]): Word[] {
  const words: Word[] = []
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] as string
    if (arg === '--') return [...words, ...args.slice(at + 1).map(inputWord)]
    if (withValue.has(arg) || withValueByPrefix.test(arg)) {
      const spelled = args.slice(at, at + 2)
      words.push({ option: arg, value: spelled[1], spelled })
      at++
    } else words.push(wordOf(arg))
  }
  return words
}

function wordOf(arg: string): Word {
  if (arg === '-' || !arg.startsWith('-')) return { option: '', value: arg, spelled: [arg] }
  const [, option, value] = otherThanOutput.test(arg) ? [] : (joined.exec(arg) ?? [])
  return { option: option ?? arg, value, spelled: [arg] }
}

/** What is added behind the user's arguments are options, so an input is spelled in a way that needs no `--`. */
function inputWord(name: string): Word {
  return { option: '', value: name, spelled: [/^[-@]/.test(name) ? `./${name}` : name] }
}
