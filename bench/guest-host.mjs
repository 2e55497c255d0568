// Runs a guest as `posix-wasm` does, with room for more descriptors: `node guest-host.mjs DIST DESCRIPTORS module.wasm args …`.
import { pathToFileURL } from 'node:url'

const [dist, descriptors, module, ...args] = process.argv.slice(2)
const { startWithSockets } = await import(pathToFileURL(`${dist}/index.js`).href)
const guest = await startWithSockets(module, { args, descriptors: Number(descriptors), timeoutMs: 120_000 })
process.exitCode = await guest.exitCode
