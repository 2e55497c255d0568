/* shm_open(3): files in /dev/shm, where the program is given that directory. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "result.h"

/* The file of a name; 0 or an errno. */
static int file_of(const char *name, char *path, size_t room) {
  name += strspn(name, "/");
  if (!*name || strchr(name, '/') || !strcmp(name, ".") || !strcmp(name, "..")) return EINVAL;
  if (strlen(name) > NAME_MAX) return ENAMETOOLONG;
  snprintf(path, room, "/dev/shm/%s", name);
  return 0;
}

int shm_open(const char *name, int flags, mode_t mode) {
  char path[NAME_MAX + 16];
  int error = file_of(name, path, sizeof path);
  return error ? result(-error) : open(path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}

int shm_unlink(const char *name) {
  char path[NAME_MAX + 16];
  int error = file_of(name, path, sizeof path);
  return error ? result(error == EINVAL ? -ENOENT : -error) : unlink(path);
}
