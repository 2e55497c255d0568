#!/usr/bin/env node
import { startGuestThread } from '../host/guest-thread.js'
import { isBuildTool } from '../toolchain/names.js'
import { keepCompiled } from './compile-cache.js'
import { foreseesThread } from './foreseen.js'

const [name = '', ...args] = process.argv.slice(2)
// The tools that build programs are called very often: they load nothing of the rest but what would start a thread.
if (isBuildTool(name)) {
  const { tools } = await import('../toolchain/tools.js')
  process.exitCode = await tools[name]?.(args)
} else {
  const ownVariables = keepCompiled()
  const guestThread = foreseesThread(process.argv.slice(2), process.env) ? startGuestThread() : undefined
  const { buildProgram } = await import('./program.js')
  await buildProgram({ guestThread, ownVariables }).parseAsync()
}
