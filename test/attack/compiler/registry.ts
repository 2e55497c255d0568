import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { NAME, VERSION } from '../../../src/toolchain/llvm-files.js'

/** A registry of npm on the loopback that has one package, and notes what it is asked for. */
export class Registry {
  readonly asked: string[] = []
  readonly #server: http.Server
  readonly #tarball: Buffer

  /** `folder` is to have a folder `package`. */
  constructor(folder: string) {
    this.#tarball = execFileSync('tar', ['-czf', '-', '-C', folder, 'package'], { maxBuffer: 1e9 })
    this.#server = http.createServer((request, response) => {
      this.asked.push(request.url ?? '')
      response.end(request.url?.endsWith('.tgz') ? this.#tarball : JSON.stringify(this.#about(folder)))
    })
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this.#url()
  }

  stop(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  #about(folder: string): object {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package/package.json'), 'utf8'))
    const integrity = `sha512-${createHash('sha512').update(this.#tarball).digest('base64')}`
    const version = { ...manifest, dist: { tarball: `${this.#url()}clang.tgz`, integrity } }
    return { name: NAME, 'dist-tags': { latest: VERSION }, versions: { [VERSION]: version } }
  }
}
