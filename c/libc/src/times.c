/* Times of files by descriptor or link, and the setting of the clock. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "result.h"

static int in_range(const struct timeval times[2]) {
  return times[0].tv_usec >= 0 && times[0].tv_usec < 1000000 && times[1].tv_usec >= 0 && times[1].tv_usec < 1000000;
}

static void convert(const struct timeval from[2], struct timespec to[2]) {
  for (int i = 0; i < 2; i++)
    to[i] = (struct timespec){.tv_sec = from[i].tv_sec, .tv_nsec = (long)from[i].tv_usec * 1000};
}

int futimes(int fd, const struct timeval times[2]) {
  struct timespec own[2];
  if (!times) return futimens(fd, NULL);
  if (!in_range(times)) return result(-EINVAL);
  convert(times, own);
  return futimens(fd, own);
}

int lutimes(const char *path, const struct timeval times[2]) {
  struct timespec own[2];
  if (!times) return utimensat(AT_FDCWD, path, NULL, AT_SYMLINK_NOFOLLOW);
  if (!in_range(times)) return result(-EINVAL);
  convert(times, own);
  return utimensat(AT_FDCWD, path, own, AT_SYMLINK_NOFOLLOW);
}

int settimeofday(const struct timeval *time, const struct timezone *zone) {
  (void)time, (void)zone;
  return result(-EPERM);
}

int adjtime(const struct timeval *by, struct timeval *left) {
  (void)by, (void)left;
  return result(-EPERM);
}
