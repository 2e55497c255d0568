import { defineConfig, type Options } from 'tsup'
import { builtInModules } from './scripts/built-in-modules.js'
import { latePackages } from './scripts/late-packages.js'
import { oneFunction, parameters } from './scripts/one-function.js'
import { thirdPartyNotices } from './scripts/third-party-notices.js'

const notices = thirdPartyNotices()
const common = {
  target: 'node20',
  platform: 'node',
  removeNodeProtocol: false,
  esbuildPlugins: [notices],
} satisfies Options

/** What few guests need. */
const late = ['@wasmer/wasi', '@wasmer/wasmfs']
const plugins = [notices, latePackages(late), builtInModules({ late: ['child_process'] })]

/** For files that each start reads: a third less text. Names stay, for stack traces, and lines stay short. */
const short = {
  minifyWhitespace: true,
  minifySyntax: true,
  esbuildOptions(options: { lineLimit?: number; define?: Record<string, string> }) {
    options.lineLimit = 160
    options.define = { ...options.define, 'import.meta.url': parameters['import.meta.url'] }
  },
  plugins: [oneFunction()],
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
  // The command, which loads a file for each thing that it can do.
  {
    ...common,
    entry: {
      cli: 'src/cli/main.ts',
      questions: 'src/cli/manual/questions.ts',
      'compiler-server': 'src/toolchain/compiler-server.ts',
      'compiler-worker': 'src/toolchain/compiler-worker.ts',
    },
    format: ['esm'],
    splitting: true,
    onSuccess: 'node scripts/man-page.mjs',
  },
  { ...common, entry: { 'kept-thread': 'src/cli/kept-thread.ts' }, format: ['esm'], splitting: false },
  // What runs a program, with the packages that takes: one file is found and read sooner than twenty. Its parts begin when they are needed.
  {
    ...common,
    entry: { program: 'src/cli/program.ts' },
    format: ['esm'],
    ...short,
    splitting: false,
    noExternal: ['commander', 'ipaddr.js', ...late],
    esbuildPlugins: plugins,
  },
  // The library for those who require it.
  {
    ...common,
    entry: { index: 'src/index.ts' },
    format: ['cjs'],
    dts: true,
    esbuildOptions(options) {
      options.define = { ...options.define, 'import.meta.url': 'undefined' } // it has __filename: see own-url.ts
    },
  },
  // The worker threads: each one file that needs no other.
  {
    ...common,
    entry: { helper: 'src/host/helper-worker.ts', guest: 'src/host/guest-worker.ts' },
    format: ['esm'],
    ...short,
    splitting: false,
    noExternal: [/.*/],
    esbuildPlugins: plugins,
  },
])
