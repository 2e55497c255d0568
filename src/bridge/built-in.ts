import { createRequire } from 'node:module'
import { ownUrl } from '../embedder/own-url.js'

/** Modules of Node's that take time to load and that few guests need. */
interface LateModules {
  'node:crypto': typeof import('node:crypto')
  'node:dgram': typeof import('node:dgram')
  'node:dns': typeof import('node:dns')
  'node:tls': typeof import('node:tls')
  'node:v8': typeof import('node:v8')
  'node:zlib': typeof import('node:zlib')
}

let load: NodeJS.Require | undefined

/** A module of Node's, loaded when it is first asked for: an import would load it before the guest starts. */
export function builtIn<Name extends keyof LateModules>(name: Name): LateModules[Name] {
  load ??= createRequire(ownUrl() ?? process.execPath) // for a module of Node's any place will do
  return load(name) as LateModules[Name]
}
