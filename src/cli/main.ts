#!/usr/bin/env node
import { loadThreadsBy } from '../bridge/worker-files.js'
import { startGuestThread } from '../host/guest-thread.js'
import { isBuildTool } from '../toolchain/names.js'
import { foreseesRun, foreseesThread } from './foreseen.js'
import { keepingIn } from './keeping.js'
import { loadKept } from './kept-code.js'
import { keptFolder } from './kept-folder.js'
import type { Program } from './program.js'
import { understood } from './words.js'

const questions = () => import('./manual/questions.js')
const { line, question, saysRun = false } = understood(process.argv.slice(2))
const [name = '', ...args] = line
// The tools that build programs are called very often: they load nothing of the rest but what would start a thread.
if (question !== undefined) {
  const { answer } = await questions()
  process.exitCode = answer(question, line)
} else if (!saysRun && isBuildTool(name)) {
  const { tools } = await import('../toolchain/tools.js')
  process.exitCode = await tools[name]?.(args)
} else {
  const folder = foreseesRun(line) ? keptFolder() : undefined
  const keeping = folder === undefined ? undefined : keepingIn(folder)
  loadThreadsBy(keeping?.threads)
  const isThreaded = foreseesThread(line, process.env)
  const guestThread = isThreaded ? startGuestThread() : undefined
  const file = new URL('./program.js', import.meta.url)
  const program = await loadKept(file, keeping?.program(isThreaded ? 'threads' : 'suspend'))
  await (program as Program).runLine({ guestThread, threads: keeping?.threads, questions }, { line, saysRun })
}
