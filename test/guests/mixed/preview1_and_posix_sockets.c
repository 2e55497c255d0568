/* Speaks two dialects of one descriptor: opens, binds and listens by posix_sockets, accepts and receives by preview 1, sends by both. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wasi/api.h>

#include "posix_sockets.h"

static int must(const char *what, int result) {
  if (result >= 0) return result;
  printf("%s failed: %s\n", what, wasm_sock_errno_name(result));
  exit(1);
}

int main(void) {
  struct wasm_sockaddr_in here = {.sin_family = WASM_AF_INET, .sin_addr = {htonl_wasm(0x7f000001)}};
  uint32_t length = sizeof here;
  __wasi_fd_t connection;
  __wasi_size_t received, sent;
  __wasi_roflags_t flags;
  uint8_t bytes[1000];
  const int listener = must("socket", wasm_sock_socket(WASM_AF_INET, WASM_SOCK_STREAM, 0));
  must("bind", wasm_sock_bind(listener, &here, sizeof here));
  must("listen", wasm_sock_listen(listener, 8));
  must("getsockname", wasm_sock_getsockname(listener, &here, &length));
  printf("port %d\n", ntohs_wasm(here.sin_port));
  fflush(stdout);
  must("sock_accept", -__wasi_sock_accept(listener, 0, &connection));
  for (int count = 0;; count++) {
    const __wasi_iovec_t into = {bytes, sizeof bytes};
    must("sock_recv", -__wasi_sock_recv(connection, &into, 1, 0, &received, &flags));
    if (received == 0) break;
    const __wasi_ciovec_t from = {bytes, received};
    if (count % 2 == 0) must("sock_send", -__wasi_sock_send(connection, &from, 1, 0, &sent));
    else must("send", wasm_sock_send(connection, bytes, received, 0));
  }
  must("sock_shutdown", -__wasi_sock_shutdown(connection, __WASI_SDFLAGS_WR));
  must("close", wasm_sock_close(connection));
  printf("fd_close: %d\n", __wasi_fd_close(connection)); /* closed for both */
  return 0;
}
