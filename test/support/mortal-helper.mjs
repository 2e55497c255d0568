// The helper, which ends itself as soon as it is told to.
import { parentPort, workerData } from 'node:worker_threads'

await import(workerData.helperFile)
parentPort.once('message', () => process.exit(0))
