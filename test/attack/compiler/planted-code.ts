import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A program that does nothing. */
const NOTHING = '0061736d01000000010401600000030201000 70a01065f73746172740000 0a040102000b'.replaceAll(' ', '')
/** The victim's file ends with a comment of the length of the attacker's code, since V8 compares the lengths. */
const CODE = "\nprocess.stdout.write('PLANTED')\n"
const COMMENT = `\n//${'-'.repeat(CODE.length - 4)}\n`

/** A copy of the package, and compiled code of an attacker for its main file, in the form of the compile cache of Node. */
export class PlantedCode {
  readonly folder: string
  readonly #cli: string
  readonly #victim: string
  readonly #module: string

  constructor(folder: string) {
    this.folder = folder
    this.#cli = path.join(folder, 'install/dist/cli.js')
    this.#victim = path.join(folder, 'install/dist/program.js')
    this.#module = path.join(folder, 'nothing.wasm')
    fs.cpSync(path.join(root, 'dist'), path.dirname(this.#cli), { recursive: true })
    fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'install/package.json'))
    fs.writeFileSync(this.#module, Buffer.from(NOTHING, 'hex'))
    this.#plant()
  }

  /** Puts the attacker's entries where Node would look for its own. */
  placeIn(cache: string): void {
    fs.cpSync(path.join(this.folder, 'planted'), cache, { recursive: true })
  }

  /** Runs a program as the victim would, with `env` for all of its environment. */
  run(env: Readonly<Record<string, string>>, cwd = this.folder): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [this.#cli, '--mode=worker', this.#module], { env, cwd, encoding: 'utf8' })
  }

  #plant(): void {
    const code = fs.readFileSync(this.#victim, 'utf8')
    const [real, evil] = [code + COMMENT, code + CODE]
    const cache = path.join(this.folder, 'planted')
    fs.writeFileSync(this.#victim, evil)
    this.run({ NODE_COMPILE_CACHE: cache })
    fs.writeFileSync(this.#victim, real)
    for (const entry of entriesOf(cache)) passOff(entry, evil, real)
  }
}

function entriesOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile())
}

/** An entry begins with five numbers of 32 bits; the fourth is a checksum of the source. */
function passOff(entry: string, evil: string, real: string): void {
  const [bytes, checksum] = [fs.readFileSync(entry), 12]
  const crc32 = (zlib as unknown as { crc32(text: string): number }).crc32
  if (bytes.readUInt32LE(checksum) !== crc32(evil)) return
  bytes.writeUInt32LE(crc32(real), checksum)
  fs.writeFileSync(entry, bytes)
}
