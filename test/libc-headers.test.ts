import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compileTexts } from '../scripts/compile.mjs'

/* Every header that a program for Linux may include: those of c/libc, and those of wasi-libc that include them. */
const root = fileURLToPath(new URL('..', import.meta.url))
const ours = readdirSync(path.join(root, 'c/libc/include'), { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.h') && !name.startsWith('__') && name !== 'mqueue.h')
const theirs = `
  arpa/ftp.h arpa/inet.h arpa/nameser.h arpa/telnet.h arpa/tftp.h crypt.h err.h ifaddrs.h netinet/icmp6.h netinet/in_systm.h
  netinet/ip.h netinet/ip6.h netinet/ip_icmp.h netinet/tcp.h netinet/udp.h netpacket/packet.h semaphore.h string.h strings.h
  stropts.h sys/eventfd.h sys/file.h sys/param.h sys/sysinfo.h sys/times.h sys/timex.h sys/types.h sys/uio.h sys/utsname.h
  threads.h utime.h`
  .trim()
  .split(/\s+/)
const headers = [...ours, ...theirs].sort()

const languages = [
  { name: 'C89', extension: 'c', options: ['-std=c89', '-pedantic'] },
  { name: 'GNU89', extension: 'c', options: ['-std=gnu89'] },
  { name: 'C99 of POSIX', extension: 'c', options: ['-std=c99', '-pedantic', '-D_POSIX_C_SOURCE=200809L'] },
  { name: 'C11', extension: 'c', options: ['-std=c11', '-pedantic'] },
  { name: 'GNU17 with everything', extension: 'c', options: ['-std=gnu17', '-D_GNU_SOURCE'] },
  { name: 'C++17', extension: 'cpp', options: ['-std=c++17', '-pedantic'] },
]

const including = (names: string[]) =>
  `${names.map((name) => `#include <${name}>\n`).join('')}int main(void) { return 0; }\n`

describe.each(languages)('in $name', ({ extension, options }) => {
  const strictly = ['-fsyntax-only', ...options]

  test('each header stands by itself', async () => {
    const alone = headers.map((header) => [`${header.replaceAll(/[/.]/g, '_')}.${extension}`, including([header])])
    await compileTexts(Object.fromEntries(alone), strictly)
  })

  test('all go together, in either order', async () => {
    await compileTexts({ [`all.${extension}`]: including([...headers, ...headers.toReversed()]) }, strictly)
  })
})

/** The functions that our headers declare. */
function declared(): string[] {
  const text = ours.map((name) => readFileSync(path.join(root, 'c/libc/include', name), 'utf8')).join('\n')
  const names = [...text.matchAll(/^(?!typedef|extern|#)[a-z_].*?[ *(](\w+)\(.*(?:;|,)$/gm)].map(
    (match) => match[1] as string,
  )
  return [...new Set(names)].filter((name) => !['siglongjmp', '__attribute__'].includes(name)).sort()
}

test('every function that is declared is there, beside all of wasi-libc, in C++', async () => {
  const names = declared()
  expect(names).toEqual(expect.arrayContaining(['accept4', 'epoll_wait', 'getservbyname_r', 'sigaction', 'tcgetattr']))
  const taken = names.map((name) => `  (void *)&${name},\n`).join('')
  const program = `${including(headers).replace(/int main.*/, '')}
void *volatile taken[] = {\n${taken}};
int main(void) { return taken[0] == 0; }
`
  const library = '#include <iostream>\n#include <map>\n#include <string>\n'
  await compileTexts({ 'all.cpp': library + program }, ['-D_GNU_SOURCE', '-Wno-macro-redefined'])
})

test('a name that no header has is an error in each file of several', async () => {
  const files = { 'right.c': including(['netdb.h']), 'wrong.c': 'int main(void) { return AF_NONSENSE; }' }
  await expect(compileTexts(files, ['-fsyntax-only'])).rejects.toThrow('AF_NONSENSE')
})

/* What real programs declare and define for themselves beside these headers. */
test.each([
  { name: 'errno, behind its header', text: '#include <errno.h>\nextern int errno;\nint main(void) { return errno; }' },
  { name: 'errno, before its header', text: 'extern int errno;\n#include <errno.h>\nint main(void) { return errno; }' },
  { name: 'errno, without its header', text: 'extern int errno;\nint main(void) { return errno; }' },
  {
    name: 'the names of syslog',
    text: '#define SYSLOG_NAMES\n#include <syslog.h>\nint main(void) { return prioritynames[0].c_val + facilitynames[0].c_val; }',
  },
  {
    name: 'a directory entry of its own',
    text: '#include <dirent.h>\nint main(void) { struct dirent one; return sizeof one.d_name > 255 ? 0 : 1; }',
  },
])('$name', async ({ text }) => {
  await compileTexts({ 'own.c': text }, ['-std=gnu17'])
})
