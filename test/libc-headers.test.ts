import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { compileTexts } from '../scripts/compile.mjs'

/* Every header that a program for Linux may include: those of c/libc, and those of wasi-libc that include them. */
const root = fileURLToPath(new URL('..', import.meta.url))
const ours = readdirSync(path.join(root, 'c/libc/include'), { recursive: true })
  .map((name) => String(name).replaceAll('\\', '/'))
  .filter((name) => name.endsWith('.h') && !name.startsWith('__'))
const theirs = `
  arpa/ftp.h arpa/inet.h arpa/nameser.h arpa/telnet.h arpa/tftp.h crypt.h dirent.h dlfcn.h err.h ifaddrs.h netinet/icmp6.h
  netinet/in_systm.h netinet/ip.h netinet/ip6.h netinet/ip_icmp.h netinet/tcp.h netinet/udp.h netpacket/packet.h pthread.h sched.h
  string.h strings.h sys/file.h sys/mman.h sys/param.h sys/statvfs.h sys/times.h sys/types.h sys/uio.h sys/utsname.h utime.h`
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

test.each([
  ['C', 'all.c'],
  ['C++', 'all.cpp'],
])('every function that is declared is there, beside all of wasi-libc, in %s', async (_, file) => {
  const names = declared()
  expect(names).toEqual(expect.arrayContaining(['accept4', 'epoll_wait', 'getservbyname_r', 'sigaction', 'tcgetattr']))
  const taken = names.map((name) => `  (void *)&${name},\n`).join('')
  const program = `${including(headers).replace(/int main.*/, '')}
void *volatile taken[] = {\n${taken}};
int main(void) { return taken[0] == 0; }
`
  const cpp = file.endsWith('.cpp') ? '#include <iostream>\n#include <map>\n#include <string>\n' : ''
  await compileTexts({ [file]: cpp + program }, ['-D_GNU_SOURCE', '-Wno-macro-redefined'])
})

test('a name that no header has is an error in each file of several', async () => {
  const files = { 'right.c': including(['netdb.h']), 'wrong.c': 'int main(void) { return AF_NONSENSE; }' }
  await expect(compileTexts(files, ['-fsyntax-only'])).rejects.toThrow('AF_NONSENSE')
})
