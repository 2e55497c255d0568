import { defineConfig } from 'tsup'

const common = { target: 'node20', platform: 'node', sourcemap: true } as const

export default defineConfig([
  // The library and the command, which share their code.
  {
    ...common,
    entry: {
      index: 'src/index.ts',
      cli: 'src/cli/main.ts',
      'compiler-server': 'src/toolchain/compiler-server.ts',
      'compiler-worker': 'src/toolchain/compiler-worker.ts',
    },
    format: ['esm'],
    splitting: true,
    dts: { entry: { index: 'src/index.ts' } },
  },
  // The library for those who require it.
  { ...common, entry: { index: 'src/index.ts' }, format: ['cjs'], shims: true, dts: true },
  // The worker threads: each one file that needs no other.
  {
    ...common,
    entry: { helper: 'src/host/helper-worker.ts', guest: 'src/host/guest-worker.ts' },
    format: ['esm'],
    splitting: false,
    noExternal: [/.*/],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  },
])
