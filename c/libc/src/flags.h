/* O_NONBLOCK and O_CLOEXEC of <fcntl.h>, as the host has them. */
#include <fcntl.h>
#include <stdint.h>

#include "posix_sockets.h"

/* Another flag becomes one that the host refuses. */
static inline int32_t host_flags(int flags) {
  int known = O_NONBLOCK | O_CLOEXEC, unknown = flags & ~known ? 0x40000000 : 0;
  return ((flags & O_NONBLOCK) ? WASM_O_NONBLOCK : 0) | ((flags & O_CLOEXEC) ? WASM_O_CLOEXEC : 0) | unknown;
}
