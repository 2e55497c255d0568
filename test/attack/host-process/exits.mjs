// node exits.mjs LIBRARY MODE GUESTS SCENE: a process that ends while its guest runs, or right after.
import { on } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const [libraryFile, mode, guests, scene] = isMainThread ? process.argv.slice(2) : workerData
const { runWithSockets, startWithSockets } = await import(libraryFile)
const guest = (name) => fs.readFileSync(path.join(guests, `${name}.wasm`))
const quiet = { mode, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore' }
const CODE = 7
/** A guest that is suspended would hold this thread if it did not wait. */
const endless = mode === 'suspend' ? 'acceptor' : 'spinner'

const scenes = {
  'process.exit in trace': () => runWithSockets(guest('tracee'), { ...quiet, trace: () => process.exit(CODE) }),
  'process.exit in stdout': () => runWithSockets(guest('writer'), { ...quiet, stdout: () => process.exit(CODE) }),
  'process.exit in onListen': () => runWithSockets(guest('acceptor'), { ...quiet, onListen: () => process.exit(CODE) }),
  'process.exit as it ends': () => runWithSockets(guest('opener'), { ...quiet, onFigures: () => process.exit(CODE) }),
  'process.exit as it begins': async () => {
    const starting = startWithSockets(guest(endless), quiet)
    setImmediate(() => process.exit(CODE))
    await (await starting).exitCode
  },
  'process.exit while it runs': async () => {
    await startWithSockets(guest(endless), quiet)
    setTimeout(() => process.exit(CODE), 50)
  },
  'an error of the program while it runs': async () => {
    process.on('uncaughtException', () => process.exit(CODE))
    await startWithSockets(guest(endless), quiet)
    setTimeout(() => {
      throw new Error('a mistake of the program')
    }, 50)
  },
  'nothing else to do': async () => {
    await runWithSockets(guest(endless), { ...quiet, timeoutMs: 100 }).catch(() => {
      process.exitCode = CODE
    })
  },
  'an exit code': async () => {
    process.exitCode = await runWithSockets(guest('opener'), quiet)
  },
  'ten at once': async () => {
    const codes = await Promise.all(Array.from({ length: 10 }, () => runWithSockets(guest('opener'), quiet)))
    process.exitCode = codes.every((code) => code === CODE) ? CODE : 1
  },
  'a connection that stays open': async () => {
    const server = net.createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const connections = [net.connect(server.address().port, '127.0.0.1')]
    await runWithSockets(guest('opener'), { ...quiet, connections, lingerMs: 50 })
    server.close()
    process.exitCode = CODE
  },
  'a thread that is terminated with its guest': () => terminatedWithGuests(mode, 'listening'),
  // One that loads koffi then ends the process, so `auto` is never `native` there.
  'a thread that is terminated while its guest starts': () =>
    terminatedWithGuests(mode === 'native' ? 'auto' : mode, 'starting'),
  within: async () => {
    const onListen = () => parentPort.postMessage('listening')
    const starting = startWithSockets(guest('acceptor'), { ...quiet, onListen })
    parentPort.postMessage('starting')
    await (await starting).exitCode
  },
}

/** Terminates threads that run a guest, each some time after a piece of news from it. */
async function terminatedWithGuests(mode, news) {
  for (const ms of [0, 9, 20, 30, 45, 60, 80, 100, 500]) {
    const worker = new Worker(new URL(import.meta.url), { workerData: [libraryFile, mode, guests, 'within'] })
    if (ms > 0 || news !== 'starting') for await (const [heard] of on(worker, 'message')) if (heard === news) break
    await new Promise((resolve) => setTimeout(resolve, ms))
    await worker.terminate()
  }
  process.exitCode = CODE
}

await scenes[scene]()
