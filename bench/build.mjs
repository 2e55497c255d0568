// How quick the compiler is: `node bench/build.mjs [--quick]` builds a program of 100 small C files with `make -j2`, natively and with
// `posix-wasm cc` in each of the ways it finds a compiler. The columns take turns; a figure is the median of the rounds.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildEnvironment } from '../scripts/port.mjs'

const FILES = 100
/** Without the server each call loads the whole compiler: fewer files, told for all. */
const FEW = 10
const rounds = process.argv.includes('--quick') ? 1 : 3
const folder = mkdtempSync(join(tmpdir(), 'posix-wasm-build-'))
const env = await buildEnvironment()

const ways = {
  'native gcc': { CC: 'gcc', files: FILES, env },
  'posix-wasm cc, clang of the system': { CC: 'posix-wasm cc', files: FILES, env },
  'posix-wasm cc, @yowasp/clang in its server': {
    CC: 'posix-wasm cc',
    files: FILES,
    env: { ...env, POSIX_WASM_TOOLCHAIN: 'npm' },
  },
  'posix-wasm cc, @yowasp/clang without server': {
    CC: 'posix-wasm cc',
    files: FEW,
    env: { ...env, POSIX_WASM_TOOLCHAIN: 'npm', POSIX_WASM_COMPILER_SERVER: '0' },
  },
}

/** A program of that many files, each with a function of some 20 lines, headers of the C library, and a call of the next. */
function writeProgram(files) {
  const place = join(folder, String(files))
  mkdirSync(place, { recursive: true })
  for (let number = 0; number < files; number++) writeFileSync(join(place, `part${number}.c`), part(number))
  const parts = Array.from({ length: files }, (_, number) => `part${number}.o`).join(' ')
  writeFileSync(
    join(place, 'main.c'),
    '#include <stdio.h>\nlong part0(char *, int);\nint main(void) { char text[64] = ""; printf("%ld\\n", part0(text, 1)); return 0; }\n',
  )
  writeFileSync(
    join(place, 'Makefile'),
    `CFLAGS = -O2\nprogram: main.o ${parts}\n\t$(CC) -o $@ $^\nclean:\n\trm -f *.o program\n`,
  )
  return place
}

const part = (number) => `#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

long part${number + 1}(char *, int) __attribute__((weak));
static int compare(const void *a, const void *b) { return *(const char *)a - *(const char *)b; }

long part${number}(char *text, int depth) {
  struct sockaddr_in address;
  char line[64];
  long sum = 0;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(${1024 + number});
  snprintf(line, sizeof line, "%s%d.%d", text, depth, ntohs(address.sin_port));
  qsort(line, strlen(line), 1, compare);
  for (size_t i = 0; i < sizeof line && line[i]; i++) sum = sum * 31 + line[i];
  return depth < 3 && part${number + 1} ? sum + part${number + 1}(line, depth + 1) : sum;
}
`

function seconds({ CC, files, env }) {
  const cwd = writeProgram(files)
  execFileSync('make', ['clean'], { cwd, stdio: 'ignore' })
  const begun = performance.now()
  execFileSync('make', ['-j2', `CC=${CC}`], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] })
  return (((performance.now() - begun) / 1000) * FILES) / files
}

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

try {
  for (const way of Object.values(ways)) seconds({ ...way, files: 2 }) // caches are filled, and the server is started
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++)
    for (const [name, way] of Object.entries(ways)) times[name].push(seconds(way))
  console.log(`${FILES} files with make -j2, medians of ${rounds}`)
  for (const [name, { files }] of Object.entries(ways)) {
    const told = files < FILES ? `, from ${files} files` : ''
    console.log(`${name}: ${median(times[name]).toFixed(1)} s${told}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
