import { defineConfig } from 'tsup'
import { latePackages } from './scripts/late-packages.js'

const common = { target: 'node20', platform: 'node', sourcemap: true } as const

/** What few guests need. */
const late = ['@wasmer/wasi', '@wasmer/wasmfs']

/** Lets CommonJS packages that are bundled into a module require what comes with Node. */
const requires = {
  js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
}

export default defineConfig([
  // The library.
  {
    ...common,
    entry: { index: 'src/index.ts' },
    format: ['esm'],
    splitting: true,
    dts: true,
  },
  // The command, with the packages that each run takes: fewer files to find before a guest can start.
  {
    ...common,
    entry: {
      cli: 'src/cli/main.ts',
      'compiler-server': 'src/toolchain/compiler-server.ts',
      'compiler-worker': 'src/toolchain/compiler-worker.ts',
    },
    format: ['esm'],
    splitting: true,
    noExternal: ['commander', 'ipaddr.js', ...late],
    esbuildPlugins: [latePackages(late)],
    banner: requires,
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
    esbuildPlugins: [latePackages(late)],
    banner: requires,
  },
])
