/* The host does not report changes of files: inotify_init(2) of a kernel that is built without it. */
#include <errno.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "result.h"

int inotify_init1(int flags) { return result(flags & ~(IN_CLOEXEC | IN_NONBLOCK) ? -EINVAL : -ENOSYS); }
int inotify_init(void) { return inotify_init1(0); }

/* No descriptor is one of inotify's. */
static int not_inotify(int fd) {
  struct stat file;
  return fstat(fd, &file) < 0 ? -1 : result(-EINVAL);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask) {
  (void)path, (void)mask;
  return not_inotify(fd);
}

int inotify_rm_watch(int fd, int watch) {
  (void)watch;
  return not_inotify(fd);
}
