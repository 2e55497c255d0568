import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: {
    // Node starts worker threads from files, and those are built.
    alias: [{ find: /^.*\/worker-files\.js$/, replacement: here('test/support/worker-files.ts') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // One for each processor: much of a test's time is waiting. By default it would be one less.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
