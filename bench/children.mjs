// Child processes that speak in lines of a word and numbers, have a deadline, and never outlive this process.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'

const running = new Set()

/** Kills whatever runs. For the end, whichever way it comes. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL')
}

process.on('exit', killAll)
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])
  process.on(signal, () => process.exit(code))

/** Starts `command`, an array. It is killed after `limitMs`; with `descriptors` it may open so many files. */
export function start(command, { limitMs, descriptors }) {
  const [file, ...args] = descriptors === undefined ? command : withDescriptors(command, descriptors)
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const name = command.join(' ')
  let complaint = ''
  let late = false
  let stopped = false
  child.stderr.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(-2000)
  })
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, limitMs)

  /** Rejects when the child fails, even while nobody waits for its lines; never resolves. */
  const failed = new Promise((_, reject) => {
    child.once('error', (error) => reject(new Error(`${name}: ${error.message}`)))
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      running.delete(child)
      const how = late ? `not done after ${Math.round(limitMs / 1000)} s` : (signal ?? `exit code ${code}`)
      if (code !== 0 && !stopped) reject(new Error(`${name}: ${how}\n${complaint}`.trim()))
    })
  })
  failed.catch(() => {}) // whoever waits for a line learns of it

  async function numbersAfter(word) {
    for (;;) {
      const { value, done } = await lines.next()
      if (done) {
        if (running.has(child)) await Promise.race([failed, once(child, 'close')])
        throw new Error(`${name}: ended without a line "${word} …"\n${complaint}`.trim())
      }
      if (value.startsWith(`${word} `)) return value.split(' ').slice(1).map(Number)
    }
  }

  return {
    failed,
    pid: child.pid,
    /** Resolves to the numbers of the next line that begins with `word`. */
    line: (word) => Promise.race([numbersAfter(word), failed]),
    residentKiB: () => residentKiB(child.pid),
    /** Kills it; resolves when it is gone. */
    async stop() {
      stopped = true
      if (!running.has(child)) return
      child.kill('SIGKILL')
      if (child.pid !== undefined) await once(child, 'close')
    },
  }
}

function withDescriptors(command, descriptors) {
  return ['bash', '-c', 'ulimit -n "$1" && shift && exec "$@"', 'bash', String(descriptors), ...command]
}

async function residentKiB(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1])
}
