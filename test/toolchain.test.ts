import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findSystemClang } from '../src/toolchain/system-clang.js'

/* `posix-wasm cc` and its kin, as make, configure and people call them. */
const root = fileURLToPath(new URL('..', import.meta.url))
const cli = path.join(root, 'dist/cli.js')
/** Kept between runs, as a user's cache is; a file system in a repository may be deep, a socket's path may not. */
const cache = path.join(root, 'build/cache')
let folder = ''
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-cc-test-'))
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

interface Setting {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
}

async function tool(args: readonly string[], { env, cwd = folder, input = '' }: Setting = {}) {
  return run(process.execPath, [cli, ...args], { env: { POSIX_WASM_CACHE: cache, ...env }, cwd, input })
}

async function run(program: string, args: readonly string[], { env, cwd = folder, input = '' }: Setting = {}) {
  const child = spawn(program, args, { cwd, env: { ...process.env, WASI_SDK_PATH: '', ...env } })
  child.stdin.on('error', () => {}) // it may end without having read
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number, stdout, stderr }
}

function write(name: string, content: string): string {
  const file = path.join(folder, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, content)
  return file
}

const toolchains = findSystemClang() === undefined ? ['npm'] : ['npm', 'system']
if (toolchains.length === 1)
  console.log('skipped: the tests with a clang of the system, since there is none in PATH with the target wasm32')

describe.each(toolchains)('with the toolchain %s', (toolchain) => {
  const env = { POSIX_WASM_TOOLCHAIN: toolchain }
  const build = (...args: string[]) => tool(args, { env })

  test('a program is compiled and runs', async () => {
    write('hello.c', '#include <stdio.h>\nint main(void) { puts("hello"); return 3; }\n')
    expect(await build('cc', 'hello.c', '-o', 'hello.wasm')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await tool(['hello.wasm'])).toEqual({ code: 3, stdout: 'hello\n', stderr: '' })
  })

  test('without -o it is called a.out, and is executable', async () => {
    write('hello.c', 'int main(void) { return 0; }\n')
    expect((await build('cc', 'hello.c')).code).toBe(0)
    expect(fs.statSync(path.join(folder, 'a.out')).mode & 0o111).not.toBe(0)
  })

  test('the messages and the exit code are the compiler’s own', async () => {
    write('wrong.c', 'int main(void) { return x }\n')
    const { code, stdout, stderr } = await build('cc', '-c', 'wrong.c')
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain("wrong.c:1:25: error: use of undeclared identifier 'x'")
    expect(stderr).not.toContain('posix-wasm')
  })

  test('a missing file, an unresolved symbol and no file at all are told as by the compiler', async () => {
    expect(await build('cc', 'nosuch.c')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("no such file or directory: 'nosuch.c'"),
    })
    write('open.c', 'int f(void); int main(void) { return f(); }\n')
    expect(await build('cc', 'open.c')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('undefined symbol: f'),
    })
    expect(await build('cc')).toMatchObject({ code: 1, stderr: expect.stringContaining('no input files') })
  })

  test('sanitizers trap, and what there is none of is said in one line', async () => {
    write('overflow.c', 'int main(int count, char **words) { return 2147483647 + count < 0; }\n')
    const flags = ['-g', '-fsanitize=undefined', '-fsanitize-trap=all']
    expect(await build('cc', ...flags, 'overflow.c', '-o', 'overflow.wasm')).toMatchObject({ code: 0, stderr: '' })
    expect(await tool(['overflow.wasm'])).toMatchObject({ code: 134, stderr: expect.stringContaining('unreachable') })
    const { code, stderr } = await build('cc', '-fsanitize=thread', 'overflow.c')
    expect({ code, lines: stderr.trim().split('\n').length }).toEqual({ code: 1, lines: 1 })
  })

  test('what the compiler itself refuses is said without the processes that it would have started', async () => {
    write('overflow.c', 'int main(void) { return 0; }\n')
    const { code, stderr } = await build('cc', '-fsanitize=no-such', 'overflow.c')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^clang(-\d+)?: error: unsupported argument 'no-such' to option '-fsanitize='\n$/)
  })

  test('a program that runs itself has the arguments, the directory and the environment', async () => {
    write(
      'where.c',
      `#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv) {
  char here[4096];
  printf("%d %s %s %s %d\\n", argc, argv[1], getcwd(here, sizeof here), getenv("COLOUR"), access("where.c", R_OK));
}
`,
    )
    expect((await build('cc', '--runnable', 'where.c', '-o', 'where')).code).toBe(0)
    const { stdout, stderr } = await run(path.join(folder, 'where'), ['an argument'], { env: { COLOUR: 'blue' } })
    expect({ stdout, stderr }).toEqual({ stdout: `2 an argument ${fs.realpathSync(folder)} blue 0\n`, stderr: '' })
  })

  test('relative paths, paths above, names with spaces, response files and dependency files are as natively', async () => {
    write('top/include/answer.h', '#define ANSWER 42\n')
    write(
      'top/with space/main.c',
      '#include "answer.h"\n#include <stdio.h>\nint main(void) { printf("%d %s\\n", ANSWER, __FILE__); }\n',
    )
    write('top/build/args.rsp', '-I../include -MMD\n')
    const cwd = path.join(folder, 'top/build')
    expect(await tool(['cc', '@args.rsp', '../with space/main.c', '-o', 'a b.wasm'], { env, cwd })).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect((await tool(['a b.wasm'], { cwd })).stdout).toBe('42 ../with space/main.c\n')
    expect(fs.readFileSync(path.join(cwd, 'a b.d'), 'utf8')).toContain('../with\\ space/main.c ../include/answer.h')
  })

  test('a source can come from standard input', async () => {
    const source = '#include <sys/epoll.h>\nint main(void) { return EPOLLIN; }\n'
    const { code, stderr } = await tool(['cc', '-x', 'c', '-', '-o', 'piped.wasm'], { env, input: source })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect((await tool(['piped.wasm'])).code).toBe(1)
  })

  test('standard input can be named by path', async () => {
    write('six.c', '#define SIX 6\nint six = SIX;\n')
    const command = 'cat six.c | "$0" "$1" cc -E -P -x c /dev/stdin | cat'
    const { stdout, stderr } = await run('sh', ['-c', command, process.execPath, cli], {
      env: { ...env, POSIX_WASM_CACHE: cache },
    })
    expect({ stdout, stderr }).toEqual({ stdout: '\nint six = 6;\n', stderr: '' })
  })

  test('a program that is linked with wasi-libc alone has its headers alone', async () => {
    write(
      'alone.c',
      '#include <fcntl.h>\n#include <time.h>\nint main(void) { struct timespec t; return clock_gettime(CLOCK_MONOTONIC, &t) + (open("x", O_RDONLY) >= 0); }\n',
    )
    expect(await build('cc', 'alone.c', '-nodefaultlibs', '-lc', '-o', 'alone.wasm')).toMatchObject({
      code: 0,
      stderr: '',
    })
    expect((await tool(['alone.wasm'])).code).toBe(0)
  })

  test('archives are made, and programs linked with them', async () => {
    write('one.c', 'int one(void) { return 1; }\n')
    write('two.c', 'int two(void) { return 2; }\n')
    write('sum.c', 'int one(void), two(void); int main(void) { return one() + two(); }\n')
    expect(await build('cc', '-c', 'one.c', 'two.c')).toMatchObject({ code: 0, stderr: '' })
    expect(await build('ar', 'rcs', 'libboth.a', 'one.o', 'two.o')).toMatchObject({ code: 0 })
    expect(await build('ranlib', 'libboth.a')).toMatchObject({ code: 0 })
    expect((await build('ar', 't', 'libboth.a')).stdout).toBe('one.o\ntwo.o\n')
    expect(await build('cc', 'sum.c', '-L.', '-lboth', '-o', 'sum.wasm')).toMatchObject({ code: 0, stderr: '' })
    expect((await tool(['sum.wasm'])).code).toBe(3)
  })

  test('C++ has its library, and a program that throws ends and says why', async () => {
    write(
      'words.cc',
      `#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>
#include <sys/socket.h>
int main(int argc, char **) {
  std::vector<std::string> words{"plain", "sockets"};
  for (auto &word : words) std::cout << word << ' ' << AF_INET << std::endl;
  if (argc > 1) throw std::runtime_error("thrown");
}
`,
    )
    expect(await build('c++', 'words.cc', '-o', 'words.wasm')).toMatchObject({ code: 0 })
    expect((await tool(['words.wasm'])).stdout).toBe('plain 2\nsockets 2\n')
    expect(await tool(['words.wasm', 'throw'])).toMatchObject({
      code: 134,
      stderr: expect.stringContaining('an exception was thrown'),
    })
  })

  test('setjmp, deep recursion and signals work without a flag', async () => {
    write(
      'deep.c',
      `#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
static jmp_buf back;
static volatile int caught;
static void handler(int number) { caught = number; }
static int depth(int n) { char room[200]; room[n % 200] = 1; return n == 0 ? 0 : depth(n - 1) + room[n % 200]; }
int main(void) {
  signal(SIGUSR1, handler);
  raise(SIGUSR1);
  if (setjmp(back) == 0) longjmp(back, 1);
  printf("%d %d\\n", caught == SIGUSR1, depth(20000));
}
`,
    )
    expect(await build('cc', 'deep.c', '-o', 'deep.wasm')).toMatchObject({ code: 0, stderr: '' })
    expect((await tool(['deep.wasm'])).stdout).toBe('1 20000\n')
  })

  test('C as it was written for older compilers is warned of and compiled', async () => {
    write('old.c', 'main() { return 0; }\n')
    expect(await build('cc', 'old.c', '-o', 'old.wasm')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('warning: type specifier missing'),
    })
  })

  test('-v says which compiler it is', async () => {
    const { stderr } = await build('cc', '-v')
    expect(stderr).toMatch(toolchain === 'npm' ? /^posix-wasm: clang of @yowasp\/clang / : /^posix-wasm: clang \d+ \(/)
  })
})

describe('mistakes are told in one line', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    [
      'a WASI SDK that is not there',
      { WASI_SDK_PATH: '/nowhere' },
      /^posix-wasm: WASI_SDK_PATH is '\/nowhere', but there is no \/nowhere\/bin\/clang\n$/,
    ],
    [
      'a toolchain of no such name',
      { POSIX_WASM_TOOLCHAIN: 'gcc' },
      /^posix-wasm: POSIX_WASM_TOOLCHAIN is 'gcc'; it can be sdk, system or npm\n$/,
    ],
    [
      'a cache that cannot be',
      { POSIX_WASM_CACHE: '/dev/null/cache' },
      /^posix-wasm: ENOTDIR: [^\n]*\/dev\/null\/cache[^\n]*\n$/,
    ],
  ])('%s', async (_, env, told) => {
    const { code, stdout, stderr } = await tool(['cc', '--version'], { env })
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' })
    expect(stderr).toMatch(told)
  })
})

describe('the compiler of npm', () => {
  test('is started once for many who need it at the same time', async () => {
    const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'pwc-'))
    fs.symlinkSync(await sysroot(), path.join(fresh, path.basename(await sysroot())))
    const env = { POSIX_WASM_TOOLCHAIN: 'npm', POSIX_WASM_CACHE: fresh }
    const calls = Array.from({ length: 8 }, (_, index) => {
      write(`many${index}.c`, `int f${index}(void) { return ${index}; }\n`)
      return tool(['cc', '-c', `many${index}.c`], { env })
    })
    for (const result of await Promise.all(calls)) expect(result).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(fs.readdirSync(fresh).filter((name) => name.startsWith('compiler-'))).toHaveLength(1)
    fs.rmSync(fresh, { recursive: true, force: true })
  })

  test('works without its server too', async () => {
    write('alone.c', 'int main(void) { return 7; }\n')
    const env = { POSIX_WASM_TOOLCHAIN: 'npm', POSIX_WASM_COMPILER_SERVER: '0' }
    expect(await tool(['cc', 'alone.c', '-o', 'alone.wasm'], { env })).toEqual({ code: 0, stdout: '', stderr: '' })
    expect((await tool(['alone.wasm'])).code).toBe(7)
  })
})

/** The unpacked sysroot in the cache; a first call of the compiler has put it there. */
async function sysroot(): Promise<string> {
  await tool(['cc', '-v'], { env: { POSIX_WASM_TOOLCHAIN: 'npm' } })
  const name = fs.readdirSync(cache).find((entry) => /^sysroot-[\w.-]+$/.test(entry))
  return path.join(cache, name ?? 'there is none')
}

const hasCMake = spawnSync('cmake', ['--version']).status === 0
if (!hasCMake) console.log('skipped: the test with CMake, which is not installed')
test.skipIf(!hasCMake)(
  'CMake configures, builds and tests with the toolchain file',
  async () => {
    write(
      'cmake/CMakeLists.txt',
      `cmake_minimum_required(VERSION 3.16)
project(example C CXX)
include(CheckFunctionExists)
check_function_exists(epoll_create1 HAVE_EPOLL)
add_library(answer STATIC answer.c)
add_executable(main main.cc)
target_compile_definitions(main PRIVATE HAVE_EPOLL=\${HAVE_EPOLL})
target_link_libraries(main answer)
enable_testing()
add_test(NAME runs COMMAND main)
`,
    )
    write('cmake/answer.c', 'int answer(void) { return 42; }\n')
    write('cmake/main.cc', 'extern "C" int answer(void);\nint main() { return answer() - 42 + !HAVE_EPOLL; }\n')
    const cwd = path.join(folder, 'cmake')
    const env = { POSIX_WASM_CACHE: cache }
    const file = (await tool(['cmake-toolchain'])).stdout.trim()
    for (const args of [
      [`-DCMAKE_TOOLCHAIN_FILE=${file}`, '-B', 'out', '.'],
      ['--build', 'out'],
    ]) {
      const { code, stdout, stderr } = await run('cmake', args, { cwd, env })
      expect(code, stdout + stderr).toBe(0)
    }
    expect((await run('ctest', [], { cwd: path.join(cwd, 'out'), env })).stdout).toContain('100% tests passed')
  },
  120_000,
)
