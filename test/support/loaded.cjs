// Preloaded into a process and its threads: appends a line to the file LOADED with what the thread has loaded by its end.
const { appendFileSync } = require('node:fs')
const { threadId } = require('node:worker_threads')

process.once('exit', () => {
  const loaded = process.moduleLoadList.filter((each) => each.startsWith('NativeModule ')).map((each) => each.slice(13))
  appendFileSync(process.env.LOADED, `${JSON.stringify({ threadId, loaded })}\n`)
})
