#!/usr/bin/env node
import { loadThreadsBy } from '../bridge/worker-files.js'
import { startGuestThread } from '../host/guest-thread.js'
import { isBuildTool } from '../toolchain/names.js'
import { foreseesRun, foreseesThread } from './foreseen.js'
import { keepingIn } from './keeping.js'
import { loadKept } from './kept-code.js'
import { keptFolder } from './kept-folder.js'
import type { Program } from './program.js'

const [name = '', ...args] = process.argv.slice(2)
// The tools that build programs are called very often: they load nothing of the rest but what would start a thread.
if (isBuildTool(name)) {
  const { tools } = await import('../toolchain/tools.js')
  process.exitCode = await tools[name]?.(args)
} else {
  const line = process.argv.slice(2)
  const folder = foreseesRun(line) ? keptFolder() : undefined
  const keeping = folder === undefined ? undefined : keepingIn(folder)
  loadThreadsBy(keeping?.threads)
  const isThreaded = foreseesThread(line, process.env)
  const guestThread = isThreaded ? startGuestThread() : undefined
  const file = new URL('./program.js', import.meta.url)
  const program = await loadKept(file, keeping?.program(isThreaded ? 'threads' : 'suspend'))
  await (program as Program).buildProgram({ guestThread, threads: keeping?.threads }).parseAsync()
}
