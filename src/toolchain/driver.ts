import fs from 'node:fs'

import path from 'node:path'
import type { Llvm, ToolCall, ToolResult } from './llvm.js'

/**
 * Runs any tool. A compiler that has one file to compile does it by itself; when it has more to do, linking above all, it would start
 * further processes: then it is asked which, and they are run here, one after the other.
 */
export function runTool(llvm: Llvm, call: ToolCall): ToolResult {
  if (!/^clang(\+\+)?$/.test(call.args[0] as string)) return llvm.run(call)
  const temporary = fs.mkdtempSync(path.join(call.temporary, 'posix-wasm-cc-'))
  try {
    return runDriver(llvm, { ...call, env: { ...call.env, TMPDIR: temporary } })
  } finally {
    fs.rmSync(temporary, { recursive: true, force: true })
  }
}

function runDriver(llvm: Llvm, call: ToolCall): ToolResult {
  const [tool, ...args] = call.args as [string, ...string[]]
  const plan = llvm.run({ ...call, args: [tool, '-###', ...args] })
  const jobs = plan.stderr.split('\n').filter((line) => line.startsWith(' "'))
  if (plan.code !== 0 || args.includes('-###') || jobs.length === 0)
    return plan.code === 0 ? llvm.run(call) : withoutBanner(withoutJobs(plan))
  if (jobs.length === 1 && isCompiling(wordsOf(jobs[0] as string))) return llvm.run(call)
  const said = args.includes('-v') ? plan : withoutBanner(withoutJobs(plan))
  return jobs.reduce<ToolResult>((sofar, job) => {
    const words = wordsOf(job)
    if (sofar.code !== 0 && !isCompiling(words)) return sofar
    const done = llvm.run({ ...call, args: words })
    return { code: sofar.code || done.code, stdout: sofar.stdout + done.stdout, stderr: sofar.stderr + done.stderr }
  }, said)
}

/** Without the lines of `-###`, which are not the user's to read. */
function withoutJobs(result: ToolResult): ToolResult {
  return { ...result, stderr: linesBut(result.stderr, (line) => line.startsWith(' "')) }
}

function isCompiling(words: readonly string[]): boolean {
  return words.includes('-cc1') || words.includes('-cc1as')
}

/** The words of one line of `-###`: each in quotes, with `\` before a quote, a backslash or a dollar. The first names no program. */
function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) => word.replace(/\\(.)/g, '$1'))
  return words[0] === '' ? words.slice(1) : words
}

/** Without what `-###` says of itself before anything else. */
function withoutBanner(result: ToolResult): ToolResult {
  const banner = /^(clang version |Target: |Thread model: |InstalledDir: |Build config: )/
  return { ...result, stderr: linesBut(result.stderr, (line) => banner.test(line)) }
}

function linesBut(text: string, unwanted: (line: string) => boolean): string {
  return text
    .split('\n')
    .filter((line) => !unwanted(line))
    .join('\n')
}
