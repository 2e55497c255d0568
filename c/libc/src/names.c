/* The addresses at both ends of a socket. */
#include <sys/socket.h>

#include "posix_sockets.h"
#include "result.h"
#include "unix_path.h"

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  socklen_t room = __posix_unix_room(length);
  int error = result(wasm_sock_getsockname(fd, address, length));
  if (error == 0) __posix_unix_named(address, length, room);
  return error;
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict length) {
  socklen_t room = __posix_unix_room(length);
  int error = result(wasm_sock_getpeername(fd, address, length));
  if (error == 0) __posix_unix_named(address, length, room);
  return error;
}
