/** Options of native linkers that wasm-ld does not know, since a WebAssembly program has nothing of the kind. */
const meaningless = new RegExp(
  `^(--?(${[
    '(no-)?as-needed|(no-)?add-needed|(no-)?copy-dt-needed-entries|start-group|end-group|push-state|pop-state',
    'hash-style(=.*)?|(en|dis)able-new-dtags|build-id(=.*)?|sort-common(=.*)?|sort-section=.*|(no-)?relax',
    '(default-)?version-script[=,].*|dynamic-list[=,].*|dynamic-list-(data|cpp-new|cpp-typeinfo)|exclude-libs[=,].*',
    '(no-)?undefined-version|no-undefined|(no-)?allow-shlib-undefined|warn-(?!unresolved).*|no-warn-.*|no-keep-memory',
    'reduce-memory-overheads|(no-)?eh-frame-hdr|(no-)?gdb-index|compress-debug-sections(=.*)?|icf=.*|(no-)?ld-generated-unwind-info',
    'dynamic-linker[=,].*|no-dynamic-linker|Bsymbolic.*|rpath(-link)?[=,].*|soname[=,].*|discard-(all|locals|none)|cref|stats',
    'package-metadata=.*|pack-dyn-relocs=.*|(no-)?rosegment|traditional-format|spare-dynamic-tags=.*|print-memory-usage',
  ].join('|')})|-[()]|-z,(?!stack-size=).*|-O\\d|-[hRI],.*|-[xX])$`,
)

/** Those that take the next argument as their value. */
const withValue =
  /^(-[zhReuyIm]|--?(rpath|rpath-link|soname|Map|entry|export|export-if-defined|version-script|dynamic-list|dynamic-linker|exclude-libs|undefined|wrap|features))$/

/** Returns the arguments of a linker without those that mean nothing here. */
export function withoutMeaningless(args: readonly string[]): string[] {
  const rest = [...args]
  const kept: string[] = []
  while (rest.length > 0) {
    const option = rest.splice(0, withValue.test(rest[0] as string) ? 2 : 1)
    if (!meaningless.test(option.join(','))) kept.push(...option)
  }
  return kept
}
