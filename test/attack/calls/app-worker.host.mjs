// An app whose own worker thread has a guest that waits for ever. The app terminates the thread, ends itself, or fails.
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

const { dist, guest, mode, how, end } = workerData ?? JSON.parse(process.argv[2])

async function app() {
  const worker = new Worker(new URL(import.meta.url), { workerData: { dist, guest, mode, how } })
  await once(worker, 'message')
  if (end === 'exit') process.exit(5)
  if (end === 'throw') throw new Error('a mistake of the app')
  await worker.terminate()
  console.log('terminated')
}

async function inWorker() {
  const { instantiateWithSockets, startWithSockets } = await import(dist)
  const stdout = 'ignore'
  if (how === 'instantiate') {
    const { start } = await instantiateWithSockets(guest, { mode, stdin: 'ignore', stdout })
    parentPort.postMessage('about to wait')
    await start()
  } else {
    const onListen = () => parentPort.postMessage('about to wait')
    await (await startWithSockets(guest, { mode, stdin: 'ignore', stdout, onListen })).exitCode
  }
}

await (isMainThread ? app() : inWorker())
