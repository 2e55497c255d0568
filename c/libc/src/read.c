/* read and readv by preview 1, as in wasi-libc, but that a timer can interrupt them. */
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wasi/api.h>

#include "result.h"
#include "signals.h"

_Static_assert(sizeof(struct iovec) == sizeof(__wasi_iovec_t), "iovec");

static ssize_t read_into(int fd, const __wasi_iovec_t *parts, size_t count) {
  size_t length;
  if (__posix_await(fd, POLLIN) < 0) return -1;
  __wasi_errno_t error = __wasi_fd_read(fd, parts, count, &length);
  /* wasi-libc does the same: reading is a right, and a descriptor without it is not one to read from. */
  return error ? result(error == ENOTCAPABLE ? -EBADF : -error) : (ssize_t)length;
}

ssize_t read(int fd, void *bytes, size_t length) {
  return read_into(fd, &(__wasi_iovec_t){.buf = bytes, .buf_len = length}, 1);
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
  if (count < 0 || count > UIO_MAXIOV) return result(-EINVAL);
  return read_into(fd, (const __wasi_iovec_t *)parts, (size_t)count);
}
