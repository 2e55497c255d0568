import { Worker } from 'node:worker_threads'

/** Runs a worker thread of test/support; resolves to the one message it posts, rejects when it fails or takes longer than `limitMs`. */
export function answerOf<T>(file: string, workerData: unknown, limitMs: number): Promise<T> {
  const worker = new Worker(new URL(file, import.meta.url), { workerData })
  return new Promise<T>((resolve, reject) => {
    const late = () => reject(new Error(`${file} did not answer within ${limitMs} ms`))
    const limit = setTimeout(late, limitMs)
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => {
      clearTimeout(limit)
      reject(new Error(`${file} ended with ${code} before it answered`))
    })
  }).finally(() => worker.terminate())
}

/** `promise`, or a rejection after `limitMs`. */
export async function within<T>(limitMs: number, promise: Promise<T>, what = 'the promise'): Promise<T> {
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    limit = setTimeout(() => reject(new Error(`${what} took longer than ${limitMs} ms`)), limitMs)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(limit))
}
