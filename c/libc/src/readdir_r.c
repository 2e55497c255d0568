/* readdir into the caller's entry. */
#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

int readdir_r(DIR *restrict directory, struct dirent *restrict place, struct dirent **restrict found) {
  int before = errno;
  errno = 0;
  struct dirent *entry = readdir(directory);
  int error = errno;
  errno = before;
  *found = NULL;
  if (!entry) return error;
  memcpy(place, entry, offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1);
  *found = place;
  return 0;
}
