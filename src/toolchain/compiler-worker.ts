import { parentPort, workerData } from 'node:worker_threads'
import { runTool } from './driver.js'
import { Llvm, type ToolCall, type ToolResult } from './llvm.js'

// One thread of the compiler server: runs one tool after the other.

const llvm = new Llvm(workerData.module, workerData.cwdAt)
parentPort?.on('message', (call: ToolCall) => parentPort?.postMessage(answerTo(call)))

/** A tool that crashes, for want of memory or stack, is an answer too. */
function answerTo(call: ToolCall): ToolResult {
  try {
    return runTool(llvm, call)
  } catch (error) {
    return { code: CRASHED, stdout: '', stderr: `posix-wasm: ${call.args[0]} crashed: ${error}\n` }
  }
}

/** EX_SOFTWARE of sysexits.h, which a clang that crashes ends with too. */
const CRASHED = 70
