import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import vm from 'node:vm'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A program that does nothing. */
const NOTHING = '0061736d01000000010401600000030201000 70a01065f73746172740000 0a040102000b'.replaceAll(' ', '')
/** Runs when the victim's file is loaded. Without a function of its own, which V8 would compile from the victim's text. */
const CODE = ";process.stdout.write('PLANTED');"
/** The victim has a comment of the length of the attacker's code, since V8 compares the lengths. */
const COMMENT = `//${'-'.repeat(CODE.length - 2)}`

/** A copy of the package, and compiled code of an attacker for its main file. */
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

  /** Puts the attacker's entries where the command would look for its own. */
  placeIn(cache: string): void {
    fs.cpSync(path.join(this.folder, 'planted'), cache, { recursive: true })
  }

  /** Runs a program as the victim would, with `env` for all of its environment. */
  run(env: Readonly<Record<string, string>>, cwd = this.folder): SpawnSyncReturns<string> {
    return spawnSync(process.execPath, [this.#cli, '--mode=worker', this.#module], { env, cwd, encoding: 'utf8' })
  }

  #plant(): void {
    const text = fs.readFileSync(this.#victim, 'latin1')
    const withLine = (line: string) => text.replace(/^\(async function .*?\{/m, `$&${line}\n`)
    const home = path.join(this.folder, 'attacker')
    fs.mkdirSync(home)
    fs.writeFileSync(this.#victim, withLine(COMMENT))
    this.run({ HOME: home })
    const planted = path.join(this.folder, 'planted')
    if (!fs.existsSync(path.join(home, '.cache'))) return // this Node keeps no code
    fs.renameSync(path.join(home, '.cache/posix-wasm/compiled'), planted)
    const [entry = ''] = fs.readdirSync(planted).filter((name) => name.startsWith('program-'))
    fs.writeFileSync(path.join(planted, entry), compiled(withLine(CODE)))
  }
}

/** The attacker's function as V8 keeps it. */
function compiled(text: string): Buffer {
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER
  const script = new vm.Script(text.split('\n').slice(2, -1).join('\n'), { lineOffset: 2, importModuleDynamically })
  return script.createCachedData()
}
