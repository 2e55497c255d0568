#!/usr/bin/env node
// The tools that build programs are called very often: they load nothing of the rest.
const buildTools = /^(cc|c\+\+|ar|ranlib|nm|strip|objdump|objcopy|size|cmake-toolchain)$/

const [name = '', ...args] = process.argv.slice(2)
if (buildTools.test(name)) {
  const { tools } = await import('../toolchain/tools.js')
  process.exitCode = await tools[name]?.(args)
} else {
  const { buildProgram } = await import('./program.js')
  await buildProgram().parseAsync()
}
