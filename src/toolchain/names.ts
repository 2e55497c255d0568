/** The tools for objects and archives, besides the compilers. */
export const binaryTools = ['ar', 'ranlib', 'nm', 'strip', 'objdump', 'objcopy', 'size'] as const

const buildTools: readonly string[] = ['cc', 'c++', ...binaryTools, 'cmake-toolchain']

/** Whether a subcommand is one of those that build programs, `toolchain/tools.ts`. */
export function isBuildTool(name: string): boolean {
  return buildTools.includes(name)
}
