import { parentPort, workerData } from 'node:worker_threads'
import { runTool } from './driver.js'
import { Llvm } from './llvm.js'

// One thread of the compiler server: runs one tool after the other.

const llvm = new Llvm(workerData.module, workerData.cwdAt)
parentPort?.on('message', (call) => parentPort?.postMessage(runTool(llvm, call)))
