import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { cacheFolder, madeOnce, packageFolder } from './places.js'
import { ToolchainError } from './toolchain-error.js'

/** The npm package with clang, lld and wasi-libc as WebAssembly, and the one version of it that is used. */
const NAME = '@yowasp/clang'
export const VERSION = about.devDependencies[NAME]

/** The folder of the package: as installed beside this one or the project's, else fetched into the cache by npm, once. */
export async function llvmPackage(): Promise<string> {
  return installedBeside(packageFolder) ?? installedBeside(process.cwd()) ?? (await fetched())
}

/** LLVM itself: one WebAssembly program that is every tool, by the name it is called. */
export async function llvmModule(): Promise<string> {
  return path.join(await llvmPackage(), 'gen/llvm.core.wasm')
}

/** wasi-libc, libc++ and the compiler's own headers and run-time library, unpacked. */
export function llvmSysroot(): Promise<string> {
  return madeOnce(`sysroot-${VERSION}`, async (folder) => {
    const archive = path.join(await llvmPackage(), 'gen/llvm-resources.tar')
    execFileSync('tar', ['-xf', archive, '-C', folder, '--no-same-owner'])
  })
}

function installedBeside(folder: string): string | undefined {
  try {
    const entry = createRequire(path.join(folder, 'package.json')).resolve(NAME)
    const found = path.dirname(path.dirname(entry))
    const { version } = JSON.parse(fs.readFileSync(path.join(found, 'package.json'), 'utf8'))
    return version === VERSION ? found : undefined
  } catch {
    return undefined
  }
}

async function fetched(): Promise<string> {
  const folder = await madeOnce(`llvm-${VERSION}`, (unfinished) => {
    console.error(`posix-wasm: fetching the compiler ${NAME} ${VERSION} (once, about 100 MB, into ${cacheFolder()})`)
    try {
      const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
      fs.writeFileSync(path.join(unfinished, 'package.json'), '{}')
      execFileSync('npm', ['install', ...options, `${NAME}@${VERSION}`], {
        cwd: unfinished,
        stdio: ['ignore', 'ignore', 'inherit'],
        shell: process.platform === 'win32',
      })
    } catch (cause) {
      throw new ToolchainError(
        `no compiler: npm could not fetch ${NAME}@${VERSION}. Install it, or set WASI_SDK_PATH to a WASI SDK.`,
        { cause },
      )
    }
  })
  return path.join(folder, 'node_modules', NAME)
}
