import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { compile } from '../scripts/compile.mjs'

/* A program like nc: what is typed goes to the network, what comes from there is shown, each as it comes. */
const NC = `#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static int pass_on(int from, int to) {
  char data[512];
  ssize_t length = read(from, data, sizeof data);
  return length > 0 && write(to, data, (size_t)length) == length;
}

int main(int argc, char **argv) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[argc - 1]))};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  peer.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) return 1;
  printf("terminal %d\\n", isatty(0) && isatty(1));
  fflush(stdout);
  for (;;) {
    struct pollfd fds[] = {{.fd = 0, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    if (poll(fds, 2, -1) < 0) return 2;
    if (fds[0].revents && !pass_on(0, fd)) shutdown(fd, SHUT_WR), fds[0].fd = -1;
    if (fds[1].revents && !pass_on(fd, 1)) return 0;
  }
}
`
const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))
const canMakeTerminals = spawnSync('script', ['--version']).status === 0
if (!canMakeTerminals) console.log('skipped: the test with a terminal, since there is no script(1) to make one')

test.skipIf(!canMakeTerminals)('a guest reads its terminal and the network together', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'posix-wasm-'))
  fs.writeFileSync(path.join(folder, 'nc.c'), NC)
  await compile(path.join(folder, 'nc.wasm'), [path.join(folder, 'nc.c')])
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const command = `'${process.execPath}' '${cli}' '${folder}/nc.wasm' ${(server.address() as AddressInfo).port}`
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: 'pipe' })
  let shown = ''
  terminal.stdout.on('data', (data) => (shown += data))
  const [peer] = (await once(server, 'connection')) as [net.Socket]

  peer.write('from the network\n')
  while (!shown.includes('from the network')) await once(terminal.stdout, 'data')
  terminal.stdin.write('typed\n')
  expect(String((await once(peer, 'data'))[0])).toBe('typed\n')
  peer.write('once more\n')
  while (!shown.includes('once more')) await once(terminal.stdout, 'data')
  expect(shown).toContain('terminal 1')

  peer.end()
  expect((await once(terminal, 'close'))[0]).toBe(0)
  server.close()
  fs.rmSync(folder, { recursive: true })
})
