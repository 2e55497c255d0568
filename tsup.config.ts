import { defineConfig, type Options } from 'tsup'
import { builtInModules } from './scripts/built-in-modules.js'
import { latePackages } from './scripts/late-packages.js'
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
  esbuildOptions(options: { lineLimit?: number }) {
    options.lineLimit = 160
  },
}

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
  // The command, which loads a file for each thing that it can do.
  {
    ...common,
    entry: {
      cli: 'src/cli/main.ts',
      'compiler-server': 'src/toolchain/compiler-server.ts',
      'compiler-worker': 'src/toolchain/compiler-worker.ts',
    },
    format: ['esm'],
    splitting: true,
    external: ['./program.js'],
  },
  // What runs a program, with the packages that takes: one file is found and read sooner than twenty. Its parts begin when they are needed.
  {
    ...common,
    entry: { program: 'src/cli/program.ts' },
    format: ['esm'],
    ...short,
    splitting: false,
    noExternal: ['commander', 'ipaddr.js', ...late],
    esbuildPlugins: plugins,
    banner: requires,
  },
  // The library for those who require it.
  { ...common, entry: { index: 'src/index.ts' }, format: ['cjs'], shims: true, dts: true },
  // The worker threads: each one file that needs no other.
  {
    ...common,
    entry: { helper: 'src/host/helper-worker.ts', guest: 'src/host/guest-worker.ts' },
    format: ['esm'],
    ...short,
    splitting: false,
    noExternal: [/.*/],
    esbuildPlugins: plugins,
    banner: requires,
  },
])
