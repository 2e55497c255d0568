/** In place of src/bridge/worker-files.ts: the workers that `npm run build` has made. */
export const workerFiles = {
  helper: new URL('../../dist/helper.js', import.meta.url),
  guest: new URL('../../dist/guest.js', import.meta.url),
}

export const loadThreadsBy = () => {}
export const useWorkerFiles = () => {}

export const threadStart = (thread: keyof typeof workerFiles) => ({ file: workerFiles[thread], argv: [] })

export const threadLimits = { maxYoungGenerationSizeMb: 12 }
