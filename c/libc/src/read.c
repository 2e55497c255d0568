/* read and readv by preview 1, as in wasi-libc, but that a timer can interrupt them. */
#define _GNU_SOURCE
#include <fcntl.h>
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
  /* Reading is a right, and a descriptor without it is not one to read from; nor is one of a directory with O_PATH. */
  if (error == ENOTCAPABLE || (error == EISDIR && (fcntl(fd, F_GETFL) & O_PATH))) error = EBADF;
  return error ? result(-error) : (ssize_t)length;
}

ssize_t read(int fd, void *bytes, size_t length) {
  return read_into(fd, &(__wasi_iovec_t){.buf = bytes, .buf_len = length}, 1);
}

ssize_t readv(int fd, const struct iovec *parts, int count) {
  if (count < 0 || count > UIO_MAXIOV) return result(-EINVAL);
  return read_into(fd, (const __wasi_iovec_t *)parts, (size_t)count);
}
