import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import about from '../../package.json' with { type: 'json' }
import { ToolchainError } from './toolchain-error.js'

/** The npm package with clang, lld and wasi-libc as WebAssembly, and the one version of it that is used. */
export const NAME = '@yowasp/clang'
export const VERSION = about.devDependencies[NAME]

/** The files of that version that are run or unpacked, with their SHA-256. No JavaScript of the package is run. */
export const llvmFiles = {
  module: {
    name: 'gen/llvm.core.wasm',
    sha256: '24fbed474c7b5b4968fd73fc4827440b93fb351c1b6264516130300eff3e7bf5',
  },
  resources: {
    name: 'gen/llvm-resources.tar',
    sha256: '79eef0c336fe55cf03ff8f5b42b784c8168f929a3603138b2c6301f4601e4c86',
  },
} as const

type LlvmFile = (typeof llvmFiles)[keyof typeof llvmFiles]

/** Names what is made of these files. Another content is another name, so that a cache entry of it is never used. */
export const LLVM_KEY = createHash('sha256')
  .update(llvmFiles.module.sha256 + llvmFiles.resources.sha256)
  .digest('hex')
  .slice(0, 16)

/** Reads a file of the package in `folder` and checks it. The bytes that are checked are those that are run, so no check has to be remembered. */
export function readChecked(folder: string, file: LlvmFile): Buffer {
  const bytes = readLlvmFile(folder, file)
  check(bytes, folder, file)
  return bytes
}

/** Compiles LLVM itself: one WebAssembly program that is every tool, by the name it is called. Nothing of it runs before it is checked. */
export async function compileLlvm(folder: string): Promise<WebAssembly.Module> {
  const bytes = readLlvmFile(folder, llvmFiles.module)
  const compiled = WebAssembly.compile(bytes as BufferSource) // in threads of the engine, while this one computes the hash
  compiled.catch(() => {}) // the hash says more
  check(bytes, folder, llvmFiles.module)
  return compiled
}

function readLlvmFile(folder: string, { name }: LlvmFile): Buffer {
  try {
    return fs.readFileSync(path.join(folder, name))
  } catch (cause) {
    throw new ToolchainError(`${path.join(folder, name)} cannot be read: install ${NAME}@${VERSION} again`, { cause })
  }
}

function check(bytes: Buffer, folder: string, { name, sha256 }: LlvmFile): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === sha256) return
  throw new ToolchainError(
    `${path.join(folder, name)} is not that of ${NAME}@${VERSION}: its SHA-256 begins with ${found.slice(0, 16)}, ` +
      `not ${sha256.slice(0, 16)}. Remove ${folder} and try again`,
  )
}
