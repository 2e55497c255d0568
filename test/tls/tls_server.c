/* Listens, says at which port, and serves one connection with TLS, which the host starts:
 *
 *   server FLAGS echo       sends back what comes, until its end
 *   server FLAGS greeted    first says in plain text that it is ready, reads a line, and then as echo
 *   server FLAGS up BYTES   sends so many bytes
 *   server FLAGS down       takes all that comes, and prints its sum
 *   server FLAGS given      serves the connection that it was started with, as echo
 */
#include "tls.h"

static int32_t accepted(void) {
  struct wasm_sockaddr_storage address;
  uint32_t length = wasm_sock_address(&address, "127.0.0.1", 0);
  const int32_t listener = wasm_sock_socket(WASM_AF_INET, WASM_SOCK_STREAM, 0);
  if (wasm_sock_bind(listener, &address, length) < 0 || wasm_sock_listen(listener, 5) < 0) return -1;
  wasm_sock_getsockname(listener, &address, &length);
  printf("port %d\n", ntohs_wasm(((struct wasm_sockaddr_in *)&address)->sin_port));
  fflush(stdout);
  const int32_t fd = wasm_sock_accept(listener, NULL, NULL);
  wasm_sock_close(listener);
  return fd;
}

/* Its descriptor comes after those of directories. */
static int32_t given(void) {
  int32_t fd = 3, type;
  uint32_t length = sizeof type;
  while (wasm_sock_getsockopt(fd, WASM_SOL_SOCKET, WASM_SO_TYPE, &type, &length) < 0 && fd < 10) fd++;
  return fd;
}

static int echo(int32_t fd) {
  static char buffer[65536];
  int32_t count;
  while ((count = wasm_sock_recv(fd, buffer, sizeof buffer, 0)) > 0)
    if (send_all(fd, buffer, (uint32_t)count) < 0) return 1;
  if (count < 0) return fail("recv", count);
  printf("end\n");
  return wasm_sock_close(fd);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  const char *what = argv[2];
  const int32_t fd = strcmp(what, "given") == 0 ? given() : accepted();
  if (fd < 0) return fail("accept", fd);
  if (strcmp(what, "greeted") == 0) {
    char byte = 0;
    send_all(fd, "220 ready\n", 10);
    while (byte != '\n')
      if (wasm_sock_recv(fd, &byte, 1, 0) != 1) return 3;
  }
  const int32_t result = wasm_sock_starttls(fd, NULL, WASM_TLS_SERVER | atoi(argv[1]));
  say_how(fd, result);
  if (result < 0) return 1;
  if (strcmp(what, "up") == 0) return send_pieces(fd, strtoul(argv[3], NULL, 10));
  if (strcmp(what, "down") == 0) return take_pieces(fd);
  return echo(fd);
}
