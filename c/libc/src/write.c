/* write and writev by preview 1, as in wasi-libc, but that a reader who is gone is SIGPIPE too. */
#include <limits.h>
#include <poll.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wasi/api.h>

#include "result.h"
#include "signals.h"

_Static_assert(sizeof(struct iovec) == sizeof(__wasi_ciovec_t), "iovec");

static ssize_t written(int fd, const __wasi_ciovec_t *parts, size_t count) {
  size_t length;
  if (__posix_await(fd, POLLOUT) < 0) return -1;
  __wasi_errno_t error = __wasi_fd_write(fd, parts, count, &length);
  return error ? __posix_written(-error) : (ssize_t)length;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  return written(fd, &(__wasi_ciovec_t){.buf = bytes, .buf_len = length}, 1);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (count < 0 || count > UIO_MAXIOV) return result(-EINVAL);
  return written(fd, (const __wasi_ciovec_t *)parts, (size_t)count);
}
