// Runs a guest as `posix-wasm` does, with room for more descriptors: `node guest-host.mjs DIST MODE DESCRIPTORS module.wasm args …`.
import { pathToFileURL } from 'node:url'

const [dist, mode, descriptors, module, ...args] = process.argv.slice(2)
const { startWithSockets } = await import(pathToFileURL(`${dist}/index.js`).href)
try {
  const guest = await startWithSockets(module, { args, mode, descriptors: Number(descriptors), timeoutMs: 120_000 })
  process.exitCode = await guest.exitCode
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
