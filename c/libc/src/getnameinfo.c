#include <errno.h>
#include <netdb.h>

#include "posix_sockets.h"

int getnameinfo(const struct sockaddr *restrict address, socklen_t length, char *restrict host, socklen_t host_size,
                char *restrict service, socklen_t service_size, int flags) {
  int error = wasm_sock_getnameinfo(address, length, host, host_size, service, service_size, flags);
  if (error == EAI_SYSTEM) errno = wasm_sock_last_error();
  return error;
}
