#!/usr/bin/env node
import { isBuildTool } from '../toolchain/names.js'
import { keepCompiled } from './compile-cache.js'

const [name = '', ...args] = process.argv.slice(2)
// The tools that build programs are called very often: they load nothing of the rest.
if (isBuildTool(name)) {
  const { tools } = await import('../toolchain/tools.js')
  process.exitCode = await tools[name]?.(args)
} else {
  keepCompiled()
  const { buildProgram } = await import('./program.js')
  await buildProgram().parseAsync()
}
