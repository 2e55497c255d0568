import path from 'node:path'
import { binaryTool, cc } from './cc.js'
import { binaryTools } from './names.js'
import { packageFolder } from './places.js'

export type Tool = (args: readonly string[]) => Promise<number>

/** The subcommands of `posix-wasm` that build programs; each resolves to its exit code. */
export const tools: Readonly<Record<string, Tool>> = {
  cc: (args) => cc('c', args),
  'c++': (args) => cc('c++', args),
  ...Object.fromEntries(binaryTools.map((name): [string, Tool] => [name, (args) => binaryTool(name, args)])),
  'cmake-toolchain': async () => {
    console.log(path.join(packageFolder, 'c/posix-wasm.cmake'))
    return 0
  },
}
