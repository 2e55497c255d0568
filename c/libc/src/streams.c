/* STREAMS are not part of Linux: no descriptor is one. */
#include <stropts.h>
#include <sys/stat.h>

int isastream(int fd) {
  struct stat file;
  return fstat(fd, &file) < 0 ? -1 : 0;
}
