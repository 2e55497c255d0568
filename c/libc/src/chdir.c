/* Changing the working directory, by the names that it really has. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "opened_paths.h"
#include "path_walk.h"
#include "result.h"
#include "working_directory.h"

int chdir(const char *path) {
  struct stat file;
  char *found = __posix_real_path(path, &file);
  if (!found) return -1;
  int outcome = S_ISDIR(file.st_mode) ? __posix_set_working_directory(found) : result(-ENOTDIR);
  free(found);
  return outcome;
}

int fchdir(int fd) {
  struct stat directory;
  if (fstat(fd, &directory) < 0) return -1;
  if (!S_ISDIR(directory.st_mode)) return result(-ENOTDIR);
  const char *path = __posix_path_like(fd);
  return path ? chdir(path) : result(-ENOENT);
}
