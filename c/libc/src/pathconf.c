/* pathconf(3): as glibc and Linux say of most file systems. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "result.h"

enum { NOTHING = -1, LINKS = 127, BLOCK = 4096, TERMINAL_LINE = 255 };

/* Whether an answer depends on the file, so that there must be one. */
static int is_of_file(int name) {
  return name == _PC_LINK_MAX || name == _PC_NAME_MAX || name == _PC_FILESIZEBITS || name == _PC_CHOWN_RESTRICTED ||
         name == _PC_ASYNC_IO || (name >= _PC_REC_INCR_XFER_SIZE && name <= _PC_2_SYMLINKS);
}

static long value_of(int name) {
  switch (name) {
    case _PC_LINK_MAX: return LINKS;
    case _PC_MAX_CANON:
    case _PC_MAX_INPUT: return TERMINAL_LINE;
    case _PC_NAME_MAX: return NAME_MAX;
    case _PC_PATH_MAX: return PATH_MAX;
    case _PC_PIPE_BUF: return PIPE_BUF;
    case _PC_VDISABLE: return 0;
    case _PC_CHOWN_RESTRICTED:
    case _PC_NO_TRUNC:
    case _PC_2_SYMLINKS: return 1;
    case _PC_FILESIZEBITS: return FILESIZEBITS;
    case _PC_REC_MIN_XFER_SIZE:
    case _PC_REC_XFER_ALIGN:
    case _PC_ALLOC_SIZE_MIN: return BLOCK;
    case _PC_REC_INCR_XFER_SIZE:
    case _PC_REC_MAX_XFER_SIZE:
    case _PC_SYMLINK_MAX:
    case _PC_SYNC_IO:
    case _PC_ASYNC_IO:
    case _PC_PRIO_IO:
    case _PC_SOCK_MAXBUF: return NOTHING;
    default: return result(-EINVAL);
  }
}

long pathconf(const char *path, int name) {
  struct stat file;
  if (!*path) return result(-ENOENT);
  return is_of_file(name) && stat(path, &file) < 0 ? -1 : value_of(name);
}

long fpathconf(int fd, int name) {
  struct stat file;
  if (fd < 0) return result(-EBADF);
  return is_of_file(name) && fstat(fd, &file) < 0 ? -1 : value_of(name);
}
