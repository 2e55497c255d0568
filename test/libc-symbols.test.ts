import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { llvmSysroot } from '../src/toolchain/llvm-package.js'

/*
 * A configure script asks for a function by linking a program with it, and a program finds it by its header. Both must get the same
 * answer: what a header declares is in the library. The headers are ours and wasi-libc's, the names are those that clang reads in them.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
const env = {
  ...process.env,
  WASI_SDK_PATH: '',
  POSIX_WASM_TOOLCHAIN: 'npm',
  POSIX_WASM_CACHE: path.join(root, 'build/cache'),
}

/** Headers of wasi-libc that stand for nothing: including one is an error. */
const absentHeaders = ['mqueue.h']

/** Declared, and not in the library. */
const exceptions: Readonly<Record<string, string>> = {
  __wasi_getdents: 'a name that <dirent.h> gives a declaration of wasi-libc to hide it',
  __wasi_memfd_create: 'the same of <sys/mman.h>',
  __wasi_remap_file_pages: 'the same of <sys/mman.h>',
  __wasi_tmpfile: 'the same of <stdio.h>',
  __wasi_tmpnam: 'the same of <stdio.h>',
  authtype_names: 'the program defines it by AUTHNAMES before <arpa/telnet.h>',
  encrypt_names: 'the program defines it by ENCRYPT_NAMES before <arpa/telnet.h>',
  enctype_names: 'the program defines it by ENCRYPT_NAMES before <arpa/telnet.h>',
  slc_names: 'the program defines it by SLC_NAMES before <arpa/telnet.h>',
}

/** The compiler makes code of its own of these, and has no address for them. */
const withoutAddress = new Set(['setjmp', '_setjmp', 'sigsetjmp', 'alloca', 'errno'])

const headersIn = (folder: string) =>
  readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll('\\', '/'))
    .filter((name) => /^(?!__|bits\/|wasi\/|c\+\+)[\w/]+\.h$/.test(name))

let folder = ''
let headers: string[] = []
beforeAll(async () => {
  vi.stubEnv('POSIX_WASM_CACHE', env.POSIX_WASM_CACHE)
  folder = mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-symbols-'))
  const theirs = headersIn(path.join(await llvmSysroot(), 'include/wasm32-wasip1'))
  const all = new Set([...headersIn(path.join(root, 'c/libc/include')), ...theirs])
  headers = [...all].filter((name) => !absentHeaders.includes(name)).sort()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const including = () => headers.map((name) => `#include <${name}>\n`).join('')

async function compile(file: string, text: string, options: readonly string[]): Promise<string> {
  writeFileSync(path.join(folder, file), text)
  const language = file.endsWith('.cpp') ? 'c++' : 'cc'
  const args = [path.join(root, 'dist/cli.js'), language, '-D_GNU_SOURCE', '-w', ...options, file]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, env, maxBuffer: 1 << 26 })
  return stdout
}

/** The functions and variables that a tree of clang's has at its top, but for those that have a body there. */
function declaredIn(tree: string): string[] {
  const names = new Set<string>()
  for (const line of tree.split('\n')) {
    const [, name, rest = ''] =
      /^[|`]-(?:FunctionDecl|VarDecl) .*?> \S+(?: implicit)?(?: used)?(?: referenced)? (\w+) '[^']*'(.*)/.exec(line) ??
      []
    if (name !== undefined && !/ (static|inline)/.test(rest) && !name.startsWith('__builtin')) names.add(name)
  }
  return [...names].filter((name) => name !== 'main' && !withoutAddress.has(name)).sort()
}

async function declared(): Promise<string[]> {
  const dump = ['-fsyntax-only', '-Xclang', '-ast-dump', '-fno-color-diagnostics']
  return declaredIn(await compile('names.c', `${including()}int main(void) { return 0; }\n`, dump))
}

/** A program that takes the address of each. */
function taking(names: readonly string[]): string {
  const macros = names.map((name) => `#undef ${name}\n`).join('')
  const taken = names.map((name) => `  (void *)&${name},\n`).join('')
  return `${including()}${macros}void *volatile taken[] = {\n${taken}};\nint main(void) { return taken[0] == 0; }\n`
}

/** Those that the linker does not find. */
async function missing(names: readonly string[]): Promise<string[]> {
  try {
    await compile('taken.c', taking(names), ['-Wl,--error-limit=0', '-o', 'taken.wasm'])
    return []
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    const found = [...stderr.matchAll(/undefined symbol: (\w+)/g)].map(([, name]) => name as string)
    if (found.length === 0) throw error
    return [...new Set(found)].sort()
  }
}

describe('all that a header declares is in the library', () => {
  test('but for names of which the reason is known', async () => {
    const names = await declared()
    expect(names.length).toBeGreaterThan(1400)
    expect(names).toEqual(expect.arrayContaining(['accept4', 'epoll_wait', 'ftw', 'sem_wait', 'stdout', 'tcgetattr']))
    expect(await missing(names)).toEqual(Object.keys(exceptions).sort())
  })
})

test.each(absentHeaders)('<%s> is an error to include, as a header that is not there', async (name) => {
  await expect(compile('absent.c', `#include <${name}>\nint main(void) { return 0; }\n`, [])).rejects.toThrow('#error')
})
