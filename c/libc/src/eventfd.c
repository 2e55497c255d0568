/* eventfd(2) and its two helpers. */
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "flags.h"
#include "result.h"

int eventfd(unsigned initial, int flags) {
  int32_t semaphore = flags & EFD_SEMAPHORE ? WASM_EFD_SEMAPHORE : 0;
  return result(wasm_sock_eventfd(initial, semaphore | host_flags(flags & ~EFD_SEMAPHORE)));
}

int eventfd_read(int fd, eventfd_t *value) { return read(fd, value, sizeof *value) == sizeof *value ? 0 : -1; }

int eventfd_write(int fd, eventfd_t value) { return write(fd, &value, sizeof value) == sizeof value ? 0 : -1; }
