#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"

/* The host tells wasi-libc's numbering by the types 5 and 6, which are SOCK_SEQPACKET and SOCK_DCCP here; it has
 * neither. */
static int is_foreign(int type) { return (type & 0xf) == SOCK_SEQPACKET || (type & 0xf) == SOCK_DCCP; }

int socket(int domain, int type, int protocol) {
  if (is_foreign(type)) return result(-EPROTONOSUPPORT);
  return result(wasm_sock_socket(domain, type, protocol));
}

int socketpair(int domain, int type, int protocol, int fds[2]) {
  if (is_foreign(type)) return result(-EPROTONOSUPPORT);
  return result(wasm_sock_socketpair(domain, type, protocol, fds));
}
