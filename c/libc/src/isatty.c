/* Whether a descriptor is a terminal, as wasi-libc sees it: a character device in which one cannot seek. */
#include <errno.h>
#include <unistd.h>
#include <wasi/api.h>

#include "result.h"

static int error_of(int fd) {
  __wasi_fdstat_t stat;
  __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
  if (error) return error == ENOTCAPABLE ? EBADF : error;
  int can_seek = (stat.fs_rights_base & (__WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL)) != 0;
  return stat.fs_filetype == __WASI_FILETYPE_CHARACTER_DEVICE && !can_seek ? 0 : ENOTTY;
}

int isatty(int fd) {
  int error = error_of(fd);
  if (error) errno = error;
  return !error;
}

/* What stdio asks of itself, at the first output to a stream: no call of the program's has failed. */
int __isatty(int fd) { return error_of(fd) == 0; }
