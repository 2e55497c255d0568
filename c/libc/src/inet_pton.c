/* wasi-libc's inet_pton knows only wasi-libc's AF_ numbers. */
#include <arpa/inet.h>

#include "posix_sockets.h"
#include "result.h"

int inet_pton(int family, const char *restrict text, void *restrict out) {
  if (family == AF_INET) return wasm_sock_parse_ipv4(text, out);
  if (family == AF_INET6) return wasm_sock_parse_ipv6(text, out);
  return result(-EAFNOSUPPORT);
}
